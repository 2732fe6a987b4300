"""Hours that work: a field per hour of each weekday and channel."""

from __future__ import annotations

from markupsafe import Markup

from bot.domain.figures.hours import Hour, heat
from bot.domain.figures.ratio import Ratio
from console.dashboard.charts import heat as drawing
from console.dashboard.report import Report
from console.dashboard.table import Column, Kind, Line, Table
from console.dashboard.words import count, d, percent
from console.words import word

_CHANNELS = ("sms", "voice")


def table(report: Report) -> Table:
    """One line per channel, weekday and hour; the map shows the same."""
    lines, maps = [], []
    for channel in _CHANNELS:
        reached = {(h.weekday, h.hour): h.share for h in heat(report.sums, channel, "hour_reached")}
        worked = heat(report.sums, channel)
        lines += [_line(channel, hour, reached[hour.weekday, hour.hour]) for hour in worked]
        if worked:
            maps.append(_map(channel, worked))
    return Table(
        "hours",
        d("hours"),
        [
            Column(d("channel")),
            Column(d("weekday")),
            Column(d("hour"), Kind.COUNT),
            Column(d("channels.left"), Kind.COUNT, d("channels.left.means")),
            Column(d("channels.reached"), Kind.SHARE, d("channels.reached.means")),
            Column(d("channels.responded"), Kind.SHARE, d("responded.means")),
        ],
        lines,
        note=d("hours.note"),
        chart=Markup("").join(maps) if maps else None,
        empty=d("hours.empty"),
        wide=True,
    )


def _weekdays() -> list[str]:
    return [d(f"weekday.{day}") for day in range(1, 8)]


def _map(channel: str, hours: list[Hour]) -> Markup:
    name = word("channel", channel)
    fields = {(hour.weekday, hour.hour): (hour.share, _told(name, hour)) for hour in hours}
    drawn = drawing.heat(d("hours.map", channel=name), _weekdays(), fields)
    return Markup("<figure><figcaption>{}</figcaption>{}</figure>").format(name, drawn)


def _told(name: str, hour: Hour) -> str:
    return d(
        "hours.told",
        channel=name,
        weekday=d(f"weekday.{hour.weekday}"),
        hour=hour.hour,
        part=count(hour.share.part),
        whole=count(hour.share.whole),
        share=percent(hour.share),
    )


def _line(channel: str, hour: Hour, reached: Ratio) -> Line:
    return Line(
        (
            word("channel", channel),
            d(f"weekday.{hour.weekday}"),
            hour.hour,
            hour.share.whole,
            reached,
            hour.share,
        )
    )
