"""失分在哪里: the rows of every candidate add up to the full mark minus its total, exactly."""

from dalian_eval.report.statements.account import statement_of
from dalian_eval.report.statements.loss_sentences import loss_rows
from dalian_eval.report.statements.losses import SETTLEMENT, VOIDED, losses_of


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
