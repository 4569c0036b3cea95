"""The command about readings: which ranks hold under every one."""

from dalian_eval.base.errors import UsageError
from dalian_eval.commands.argument_parser import Command, Option


def _sensitivity(*, run: str, of: str, pair: str, other: str | None, cut: int | None) -> None:
    """Map the options of `sensitivity` to one answer and print it."""
    if sum(1 for given in (of, pair, cut is not None) if given) > 1:
        raise UsageError("--of、--pair、--cut 一次只能用一个，请分几次运行")
    if other is not None and not pair:
        raise UsageError(f"多出了『{other}』：两个候选对象相比要写成 --pair 甲 乙")
    if pair and other is None:
        raise UsageError("--pair 后面要写两个候选对象，例如 --pair 06120004 06120005")
    from dalian_eval.record.folder import check_asked, find_run, open_run

    folder = find_run(run)
    check_asked(folder, [text for text in (of, pair, other) if text])
    from dalian_eval.outputs.words import KINDS
    from dalian_eval.report.certificates.certificate_view import (
        cut_lines,
        has_certificates,
        load_certified,
        pair_lines,
        summary_lines,
    )
    from dalian_eval.report.statements.explanation import find_candidate

    view = open_run(folder)
    if not has_certificates(folder):
        raise UsageError(
            f"{folder} 由较早的版本生成，没有口径核算：请用它的 inputs 文件夹重新运行，"
            f"dalian-eval run --month {view.meta['month']} --raw {folder / 'inputs'}"
        )
    made = load_certified(folder, view.rubric)
    if of:
        kind, candidate = find_candidate(view, of)
        name = view.score_of(kind, candidate)["name"]
        lines = [f"{name}（{candidate}）：{made.standing(kind, candidate)}"]
        lines += [f"  {line}" for line in made.effects(kind, candidate)]
        lines += [f"  {line}" for line in made.neighbours(kind, candidate)]
    elif pair and other is not None:
        (kind, a), (kind_b, b) = find_candidate(view, pair), find_candidate(view, other)
        if kind != kind_b:
            raise UsageError(f"『{pair}』与『{other}』一个是集体、一个是个人，不能相比")
        if a == b:
            raise UsageError(f"『{pair}』与『{other}』是同一个候选对象，请写两个不同的")
        lines = pair_lines(made, kind, a, b)
    elif cut is not None:
        sizes = {k: len(made.spaces[k][1].ids) for k in KINDS if k in made.spaces}
        kinds = [k for k, size in sizes.items() if 1 <= cut <= size]
        if not kinds:
            told = "、".join(f"{KINDS[k]}有{size}个" for k, size in sizes.items())
            raise UsageError(
                f"--cut {cut} 不对：本次{told}候选对象，名数应从1起，不超过候选对象的个数"
            )
        lines = [line for kind in kinds for line in cut_lines(made, kind, cut)]
    else:
        lines = summary_lines(made)
    print("\n".join(lines))


COMMANDS = (
    Command(
        "sensitivity",
        "口径核算：每个名次在任何口径下会不会变，由哪条口径决定。",
        (
            Option("RUN", "", "运行记录：文件夹，或它的编号", required=True),
            Option("--of", "对象", "只看一个候选对象：单位编码、执法证号或名称", default=""),
            Option("--pair", "甲 乙", "两个同类候选对象，谁在前、何时颠倒", default=""),
            Option("OTHER", "", "与 --pair 连用：第二个候选对象"),
            Option("--cut", "名数", "前几名：谁必入，谁视口径", int),
        ),
        _sensitivity,
    ),
)
