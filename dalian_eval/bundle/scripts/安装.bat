@echo off
rem Finds a Python that the libraries are for and has it run install\install.py.
rem Written in GBK with CRLF; cmd reads what follows by the code page set here.
chcp 936 >nul
setlocal
title 安装大练兵计分软件
pushd "%~dp0"
if not exist install\install.py goto zipped
set "right=import sys; sys.exit(not ((3, 11, 5) <= sys.version_info < (3, 12) and sys.maxsize > 2**32))"
set "which=import sys; print('  Python', sys.version.split()[0], '64-bit' if sys.maxsize > 2**32 else '32-bit')"
set "python="
call :try py -3.11
call :try python
call :try "%LocalAppData%\Programs\Python\Python311\python.exe"
call :try "%ProgramFiles%\Python311\python.exe"
if not defined python goto nopython
%python% -I install\install.py
set "code=%errorlevel%"
goto end

:try
if defined python exit /b 0
%* -c "%right%" >nul 2>nul
if not errorlevel 1 set "python=%*"
exit /b 0

:tell
%* -c "%which%" 2>nul
if not errorlevel 1 set "found=yes"
exit /b 0

:zipped
echo 错误：这里没有 install 文件夹。请先把压缩包全部解压到一个文件夹，再双击其中的『安装』。
set "code=2"
goto end

:nopython
set "found="
call :tell py
call :tell py -3.11
call :tell python
if defined found echo 上面是找到的 Python，不能用。安装包里的库只配 3.11，3.12 及以后的也不行。
echo 错误：没有找到 Python 3.11（要 3.11.5 或更新的 3.11，64 位）。
echo 请在能上网的电脑上从 https://www.python.org/downloads/windows/ 下载
echo Python 3.11.9 的 Windows installer (64-bit)，用优盘拷来安装，
echo 安装时勾选 “Add python.exe to PATH”，再双击『安装』。
set "code=2"

:end
popd
echo.
pause
exit /b %code%
