@echo off
rem Opens the desk with the environment that was installed here. In GBK, as the other script.
chcp 936 >nul
setlocal
title 大练兵计分
pushd "%~dp0"
if not exist .venv\installed.txt goto notyet
.venv\Scripts\python.exe -I -m dalian_eval desk %*
set "code=%errorlevel%"
popd
if not "%code%"=="0" pause
exit /b %code%

:notyet
echo 错误：还没有安装。请先双击『安装』，装好后再双击『开始』。
popd
pause
exit /b 2
