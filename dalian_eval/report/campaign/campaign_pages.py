"""The pages of the campaign beside its notebook: comparison, pre-review, merit."""

from pathlib import Path

from dalian_eval.campaign.rules import CampaignRules
from dalian_eval.report.campaign.campaign_tables import CampaignView
from dalian_eval.report.campaign.effectiveness_page import effectiveness_html
from dalian_eval.report.campaign.merit_page import merit_html
from dalian_eval.report.campaign.prereview_page import prereview_html
from dalian_eval.report.views.run_view import RunView


def write_campaign_pages(
    view: RunView, campaign: CampaignView, rules: CampaignRules, folder: Path
) -> None:
    """Write effectiveness.html, prereview.html and merit.html into the run folder `folder`."""
    pages = {
        "effectiveness.html": effectiveness_html(view, campaign, rules),
        "prereview.html": prereview_html(view, campaign),
        "merit.html": merit_html(view, campaign, rules),
    }
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
