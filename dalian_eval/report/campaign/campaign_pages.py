"""The pages of the campaign beside its notebook: comparison, pre-review, merit."""

from pathlib import Path

from dalian_eval.campaign.rules import CampaignRules
from dalian_eval.report.campaign.campaign_tables import CampaignView
from dalian_eval.report.campaign.effectiveness_page import effectiveness_html
from dalian_eval.report.campaign.merit_page import merit_html
from dalian_eval.report.campaign.prereview_page import prereview_html
from dalian_eval.report.views.run_view import RunView

PAGES = ("effectiveness.html", "prereview.html", "merit.html")
"""The campaign's pages of their own."""


def write_campaign_page(
    name: str, view: RunView, campaign: CampaignView, rules: CampaignRules, folder: Path
) -> None:
    """Write one of `PAGES` into the run folder `folder`."""
    match name:
        case "effectiveness.html":
            page = effectiveness_html(view, campaign, rules)
        case "prereview.html":
            page = prereview_html(view, campaign)
        case _:
            page = merit_html(view, campaign, rules)
    (folder / name).write_text(page, encoding="utf-8", newline="\n")
