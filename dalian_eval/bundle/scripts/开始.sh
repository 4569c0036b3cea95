#!/bin/sh
# Opens the desk with the environment that was installed here.
cd "$(dirname "$0")" || exit 1
if [ ! -f .venv/installed.txt ]; then
    echo '错误：还没有安装。请先运行『安装』，装好后再运行『开始』。' >&2
    exit 2
fi
exec .venv/bin/python -I -m dalian_eval desk "$@"
