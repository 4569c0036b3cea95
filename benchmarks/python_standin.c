/* Stands in for python.exe under Wine: notes its command line and its working folder, and ends as
 * the environment says: STANDIN_CHECK when it is given -c, else STANDIN_CODE. */
#include <windows.h>

static void note(HANDLE file, const wchar_t *text, const char *end)
{
    char bytes[8192];
    DWORD written;
    int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes, NULL, NULL);
    WriteFile(file, bytes, length - 1, &written, NULL);
    WriteFile(file, end, 1, &written, NULL);
}

int wmain(int count, wchar_t **words)
{
    wchar_t log[1024], folder[1024], code[16] = L"0";
    int checks = 0;
    for (int i = 1; i < count; i++)
        checks |= !wcscmp(words[i], L"-c");
    GetEnvironmentVariableW(L"STANDIN_LOG", log, 1024);
    GetCurrentDirectoryW(1024, folder);
    HANDLE file = CreateFileW(log, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_ALWAYS, 0, NULL);
    note(file, GetCommandLineW(), "\t");
    note(file, folder, "\n");
    CloseHandle(file);
    GetEnvironmentVariableW(checks ? L"STANDIN_CHECK" : L"STANDIN_CODE", code, 16);
    return _wtoi(code);
}
