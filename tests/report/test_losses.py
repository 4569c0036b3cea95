"""失分在哪里: the rows of every candidate add up to the full mark minus its total, exactly."""

from markupsafe import escape

from dalian_eval.report.base.points import plain
from dalian_eval.report.statements.account import statement_of
from dalian_eval.report.statements.loss_sentences import loss_rows
from dalian_eval.report.statements.losses import (
    BONUS,
    SETTLEMENT,
    SHORT,
    TAKEN,
    VOIDED,
    losses_of,
)
from dalian_eval.report.statements.statement_pages import statement_html
from dalian_eval.scoring.awards import GAVE, NOTHING


def everybody(view):
    return list(view.scores[["kind", "candidate"]].itertuples(index=False, name=None))


def test_the_losses_of_everybody_add_up_exactly(view, early):
    for run in (view, early):
        for kind, candidate in everybody(run):
            rows = losses_of(run, kind, candidate)
            full = run.section(kind).items[kind].max
            total = int(run.score_of(kind, candidate)["total"])
            assert sum(row.points for row in rows) == full - total
            by_item = {}
            for row in rows:
                by_item[row.item] = by_item.get(row.item, 0) + row.points
                assert row.points <= row.own or row.what == "rest"
            points = run.rows_of("clauses", kind, candidate).set_index("clause")["points"]
            for item, lost in by_item.items():
                if item:
                    assert lost == run.section(kind).items[item].max - int(points[item])
            # Nothing of the total is left without an entry that says why.
            assert all(row.entries for row in rows if row.what == SETTLEMENT)


def test_every_row_says_why(view, early):
    for run in (view, early):
        for kind, candidate in everybody(run):
            made = statement_of(run, kind, candidate)
            for loss in loss_rows(run, kind, candidate, made):
                assert loss.reasons, (candidate, loss.title)
                assert all(reason and not reason.endswith("。") for reason in loss.reasons)


def test_a_void_has_a_row_of_its_own_amount_with_its_proof(view):
    found = 0
    for kind, candidate in everybody(view):
        made = statement_of(view, kind, candidate)
        entries = view.rows_of("ledger", kind, candidate)
        settled = entries[(entries["rule"] == "一票归零") & (entries["points"] < 0)]
        told = [r for r in loss_rows(view, kind, candidate, made) if r.what == VOIDED]
        assert sum(r.points for r in told) == -int(settled["points"].sum())
        found += len(told)
        for row in told:
            assert row.evidence
    assert found


def test_why_names_all_that_makes_the_amount(view, early):
    """Not its first part: every deduction, every month missed, every entry of a bonus."""
    seen = {TAKEN: 0, SHORT: 0, BONUS: 0, VOIDED: 0}
    for run in (view, early):
        for kind, candidate in everybody(run):
            made = statement_of(run, kind, candidate)
            own = {(r.node, r.what, r.entries): r for r in losses_of(run, kind, candidate)}
            page = statement_html(run, kind, candidate)
            for loss in loss_rows(run, kind, candidate, made):
                said = set(loss.reasons)
                account = loss.account
                entries = account.entries if account is not None else ()
                if loss.what == TAKEN and account is not None and account.is_clause:
                    taken = [e for e in entries if e.points]
                    (row,) = (r for k, r in own.items() if k[:2] == (account.id, TAKEN))
                    named = -sum(e.points for e in taken)
                    given_back = sum(e.points for e in loss.why if e not in entries)
                    assert {e.reason for e in taken} <= said
                    assert loss.note or named - given_back == row.own == loss.points
                    assert not loss.note or "实际失" in loss.note
                elif loss.what == SHORT and account is not None and account.is_clause:
                    assert {e.reason for e in entries if e.outcome == NOTHING} <= said
                    gave = [e for e in entries if e.points]
                    told = f"共{len(gave)}笔，得{plain(account.points)}分"
                    assert (
                        len(gave) < 2 or account.strip or told in loss.note or "实际失" in loss.note
                    )
                elif loss.what == BONUS:
                    assert sum(e.points for e in loss.why) == -loss.points
                elif loss.what == VOIDED:
                    causes = [e for e in entries if e.outcome == GAVE]
                    assert {e.reason for e in causes} <= said
                    assert -sum(e.points for e in loss.why) == loss.points
                else:
                    continue
                seen[loss.what] += 1
                assert all(str(escape(reason)) in page for reason in said)
    assert all(seen.values()), seen
