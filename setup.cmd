@echo off
rem Installs into .venv and scores the demo county: what `make run` does, for Windows.
chcp 65001 >nul
cd /d "%~dp0"
set "here=%CD%"
rem The longest installed path has some 188 characters; Windows takes 259.
if not "%here:~70,1%"=="" goto long
py -3.11 -c "import sys; sys.exit(sys.version_info < (3, 11, 5))" >nul 2>nul || goto nopython
if not exist .venv py -3.11 -m venv .venv || goto failed
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || goto failed
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . || goto failed
.venv\Scripts\dalian-eval run --month 2024-10 --raw data/demo
exit /b %errorlevel%
:long
echo 错误：项目文件夹的路径超过 70 个字符，Windows 装不下依赖的文件。请移到更短的位置，如 D:\dalian，再运行。
exit /b 2
:nopython
py -V 2>nul && echo 上面是找到的 Python，不能用。
echo 错误：找不到 Python 3.11.5 或更新的 3.11。请先从 python.org 安装 Python 3.11.9（勾选 py launcher），再运行。
exit /b 2
:failed
echo 错误：安装没有完成，原因见上。请检查网络和磁盘空间后再运行一次。
exit /b 1
