@echo off
"%~dp0node.exe" "%~dp0..\dist\main\cli.js" %*
