#!/bin/sh
# Finds a Python that the libraries are for and has it run install/install.py.
cd "$(dirname "$0")" || exit 1
if [ ! -f install/install.py ]; then
    echo '错误：这里没有 install 文件夹。请先把压缩包全部解压，再运行其中的『安装』。' >&2
    exit 2
fi
right='import sys; sys.exit(not ((3, 11, 5) <= sys.version_info < (3, 12) and sys.maxsize > 2**32))'
which='import sys; print(sys.version.split()[0], 64 if sys.maxsize > 2**32 else 32)'
found=
for python in python3.11 python3 python /usr/local/bin/python3.11 /opt/python3.11/bin/python3.11; do
    if "$python" -I -c "$right" 2>/dev/null; then
        exec "$python" -I install/install.py
    fi
    version=$("$python" -I -c "$which" 2>/dev/null) &&
        found="${found:+$found、}$python 是 ${version% *}（${version#* } 位）"
done
echo '错误：没有找到 Python 3.11（要 3.11.5 或更新的 3.11，64 位）。' >&2
if [ -n "$found" ]; then
    echo "找到的不能用：$found。安装包里的库只配 3.11，3.12 及以后的也不行。" >&2
fi
echo '请用软件商店或 apt、dnf 安装 python3.11 和 python3.11-venv；系统里的版本不够新的，' >&2
echo '在能上网的电脑上从 https://www.python.org/downloads/source/ 下载 Python 3.11 的源码，' >&2
echo '拷来用 ./configure && make && sudo make altinstall 安装，再运行『安装』。' >&2
exit 2
