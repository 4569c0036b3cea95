"""The desk (操作台): a page in the browser for everything an analyst does in a month.

`server` serves the page that `notebooks/00_desk.ipynb` makes, on the loopback only; `page` is that
page, `screens` its parts. What a button starts is the command it shows, in a process of its own
(`work`, `supervisor`), so that no page waits for it and no closed page ends it.
"""
