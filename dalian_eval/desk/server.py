"""The server of the desk: Voilà with one notebook, on the loopback, with a token.

It answers this computer only (127.0.0.1, and only under a local name), shows nothing without the
token, serves no file of the project but the pages of the guide, and tells the browser to fetch
nothing from anywhere else. A second start finds the first one and opens its page.
"""

import contextlib
import logging
import os
import secrets
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import tornado.ioloop
import tornado.web
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from traitlets.config import Config
from voila.app import Voila
from voila.static_file_handler import AllowListFileHandler

from dalian_eval.base.errors import UsageError
from dalian_eval.base.file_lock import hold
from dalian_eval.base.files import canonical, read_json
from dalian_eval.base.private_files import protection
from dalian_eval.desk.places import CLOSE, GUIDE, NOTEBOOK, desk_folder
from dalian_eval.report.guide.pages import guide_page

HOST = "127.0.0.1"
TEMPLATE = Path(__file__).parent / "template"

_ADDRESS, _DOOR, _LOCK = "address.json", "打开操作台.html", "server.lock"
_LOOK_MILLISECONDS, _OPENING_SECONDS = 1000, 60
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' ws://{host}; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'self'"
)


class _WrongToken(JupyterHandler):
    """What whoever comes without the token sees."""

    @allow_unauthenticated
    def get(self) -> None:
        """Answer in Chinese where the right way in is."""
        self.set_status(403)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.render_template("wrong_token.html"))

    post = get


class _Nothing(JupyterHandler):
    """What stands where Voilà hands out files."""

    @allow_unauthenticated
    def get(self, path: str) -> None:
        """Say that there is no such page."""
        raise tornado.web.HTTPError(404)


class _Guide(JupyterHandler):
    """The user's guide, made from its sources when somebody asks for it."""

    def initialize(self, root: Path) -> None:
        """Take the project's folder."""
        self._root = root

    @tornado.web.authenticated
    def get(self, name: str) -> None:
        """Answer with a page; a name is one of the guide's or leads nowhere."""
        try:
            page = guide_page(self._root, name)
        except UsageError as error:
            raise tornado.web.HTTPError(404) from error
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page)


class Desk(Voila):
    """Voilà as the desk needs it."""

    on_open: Callable[[str], None]
    close_asked: Path
    project: Path

    def setup_template_dirs(self) -> None:
        """Put the desk's own template before Voilà's: Chinese, and without anything remote."""
        super().setup_template_dirs()
        self.template_paths: list[str] = [str(TEMPLATE), *self.template_paths]

    def init_settings(self) -> dict[str, Any]:
        """Have a Chinese door, and Chinese pages for what goes wrong."""
        settings: dict[str, Any] = super().init_settings()
        self.identity_provider.login_handler_class = _WrongToken
        env: jinja2.Environment = settings["jinja2_env"]
        if env.loader is not None:
            env.loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(TEMPLATE), env.loader])
        return settings

    def init_handlers(self) -> list[Any]:
        """Serve the guide, and no other file: the system's browser opens records as files."""
        handlers = super().init_handlers()
        served = [(h[0], _Nothing) if h[1] is AllowListFileHandler else h for h in handlers]
        return [(rf"{GUIDE}(.+)", _Guide, {"root": self.project}), *served]

    def listen(self) -> None:
        """Listen on a free port of the loopback until the desk is closed."""
        sockets = bind_sockets(0, HOST)
        self.port = sockets[0].getsockname()[1]
        policy = _POLICY.format(host=f"{HOST}:{self.port}")
        self.app.settings["headers"] = {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        HTTPServer(self.app).add_sockets(sockets)
        self.on_open(f"http://{HOST}:{self.port}/")
        self.ioloop = tornado.ioloop.IOLoop.current()
        watch = tornado.ioloop.PeriodicCallback(self._close_when_asked, _LOOK_MILLISECONDS)
        watch.start()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()

    def _close_when_asked(self) -> None:
        if self.close_asked.exists():
            self.ioloop.stop()


def open_desk(root: Path, *, browser: bool, tell: Callable[[str], None]) -> None:
    """Serve the desk of a project until it is closed; `browser`: open its page as well.

    Where it is open already, only its page is opened. UsageError when the notebook is not there
    or the project's folder cannot be written.
    """
    notebook = root / NOTEBOOK
    if not notebook.is_file():
        raise UsageError(f"找不到 {notebook}：请从安装包重新解开 notebooks 文件夹")
    try:
        place = desk_folder(root)
        held = hold(place / _LOCK)
    except OSError as error:
        raise UsageError(
            f"写不进 {root}（{error.strerror}）：请腾出磁盘空间，或检查写入权限"
        ) from error
    if held is None:
        _show(place, browser=browser, tell=tell, first="操作台已经开着")
        return
    try:
        for name in (_ADDRESS, CLOSE):
            (place / name).unlink(missing_ok=True)
        _serve(notebook, place, browser=browser, tell=tell)
    finally:
        for name in (_ADDRESS, _DOOR, CLOSE):
            (place / name).unlink(missing_ok=True)
        os.close(held)
    tell("操作台已关闭。正在进行的工作不受影响。")


def _serve(notebook: Path, place: Path, *, browser: bool, tell: Callable[[str], None]) -> None:
    token = secrets.token_urlsafe(32)
    settings = {
        "Voila": {
            "notebook_path": str(notebook),
            "root_dir": str(notebook.parent),
            "ip": HOST,
            "token": token,
            "open_browser": False,
            "log_level": "CRITICAL",
            # No configuration of other programs changes what is open here.
            "config_file_paths": [],
            "tornado_settings": {"allow_remote_access": False},
        },
        # As for the notebooks of a run: without it a kernel warns in the terminal, in English.
        "KernelManager": {"transport_encryption": "auto"},
        "VoilaConfiguration": {
            "file_allowlist": [],
            "http_keep_alive_timeout": 10,
            "show_tracebacks": False,
        },
    }
    for name in ("access", "application", "general"):
        # Requests of strangers are answered; they are no message to whoever has the window open.
        logging.getLogger(f"tornado.{name}").setLevel(logging.CRITICAL)
    app = Desk(config=Config(settings))

    def opened(url: str) -> None:
        _write_private(place / _ADDRESS, canonical({"url": f"{url}?token={token}"}))
        _show(place, browser=browser, tell=tell, first="操作台开着")
        tell("关闭本窗口或按 Ctrl+C，操作台就关闭；正在进行的工作不受影响。")

    app.on_open, app.close_asked, app.project = opened, place / CLOSE, notebook.parents[1]
    app.initialize([])
    app.start()


def _show(place: Path, *, browser: bool, tell: Callable[[str], None], first: str) -> None:
    """Open the page by a private file that leads to it: no list of processes shows the token."""
    url = _address(place)
    door = place / _DOOR
    text = (TEMPLATE / "door.html").read_text(encoding="utf-8").replace("{url}", url)
    _write_private(door, text.encode())
    tell(f"{first}：{url}")
    if browser and not webbrowser.open(door.resolve().as_uri()):
        tell("没有找到浏览器：请自己打开上面的网址。")


def _address(place: Path) -> str:
    """Return where the page is; a desk that another process is just opening is waited for."""
    until = time.monotonic() + _OPENING_SECONDS
    while True:
        try:
            return str(read_json(place / _ADDRESS)["url"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            if time.monotonic() > until:
                raise UsageError("操作台正在另一个窗口里打开，还没有好：请稍候再试") from error
            time.sleep(0.2)


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that its owner alone may read."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as stream:
        stream.write(data)
    protection(path)
