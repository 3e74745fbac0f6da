"""`anpr hotlist`: lists from files, from the back office and by hand."""

import click

from anpr.cli.hotlist import entries, exchange, importing, lists, roots


@click.group()
def hotlist() -> None:
    """Lists of vehicles of interest."""


for _command in (
    importing.import_,
    importing.preview,
    exchange.sync,
    lists.status,
    entries.lookup,
    entries.add,
    entries.remove,
    lists.set_,
    lists.restore,
    lists.set_aside,
    entries.export,
    lists.erase,
    exchange.publish,
    exchange.renew,
    roots.root,
    exchange.keys,
    exchange.car_key,
):
    hotlist.add_command(_command)
