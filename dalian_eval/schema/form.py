"""The words by which the report template (报送模板) is known again when it comes back filled in."""

CONTENTS = "填报说明"
"""The template's first sheet: it explains and holds no data."""

TITLE = "评价数据报送模板"
"""What stands in that sheet's first cell."""

FORMER_TITLES = ("生态环境保护执法大练兵报送模板",)
"""What stands there in templates handed out before; they are still known for what they are."""

NO_DATA = "本表无数据"
"""What stands left of the cell in which a clerk ticks that there is nothing to report."""

TICK = "是"
"""What the tick's drop-down offers."""
