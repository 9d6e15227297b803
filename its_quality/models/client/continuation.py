"""Which subscription of a client continues which: one-to-one, however it was entered."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from typing import NamedTuple

CONTRACT = "contract"
ONE_DAY = timedelta(days=1)


class Period(NamedTuple):
    """What the matching knows of a subscription."""

    id: int
    service_id: int
    kind: str
    start: date | None
    end: date | None
    cancelled: date | None
    previous_id: int | None = None
    registration: str | None = None
    number: str | None = None

    @property
    def last(self):
        """The last day in force; ``None`` of what never ends."""
        if not self.cancelled:
            return self.end
        last = self.cancelled - ONE_DAY
        return min(self.end, last) if self.end else last

    @property
    def began(self):
        """Whether it was in force for a day at least, or will be."""
        return not self.start or not self.last or self.last >= self.start


def refusal(former, period, gap):
    """Why a period cannot continue another one of the same client.

    A contract continues a contract, everything else only itself. It begins at most so
    many days after the last day of the former one, or before that day where the two
    overlap; what never ends is not continued.

    :param gap: how many days
    :return: a word for the reason, or ``None`` if it can
    """
    if former.kind != period.kind or (
        period.kind != CONTRACT and former.service_id != period.service_id
    ):
        return "service"
    if not former.last:
        return "endless"
    if not former.began or not period.began:
        return "never_began"
    if not period.start or (former.start and former.start >= period.start):
        return "not_after"
    distance = (period.start - former.last).days
    if distance > gap:
        return "too_late"
    return "too_early" if distance < -gap else None


class Continuation:
    """The chains of one client in one company.

    Links that were entered come first, then the same service, then another contract;
    of these the nearest date. What was cancelled within the gap after it began, and was
    not replaced, came to nothing: it continues none.

    :param periods: all the :class:`Period` of the client
    :param gap: how many days may lie between two, see :func:`refusal`
    """

    def __init__(self, periods, gap):
        self._periods = {period.id: period for period in periods}
        self._gap = gap
        self.formers = self._match()
        self.followers = {former: one for one, former in self.formers.items()}

    def since(self, period_id):
        """The first day of a chain that is known, or ``None``."""
        starts = []
        while period_id is not None:
            starts.append(self._periods[period_id].start)
            period_id = self.formers.get(period_id)
        return min(filter(None, starts), default=None)

    def covered_until(self, period_id):
        """The last day on which the client is under a period, or in the gap between it
        and its continuation; ``None`` if there is none."""
        last = self._periods[period_id].last
        if not last or period_id not in self.followers:
            return last
        follower = self._periods[self.followers[period_id]]
        return max(last, follower.start - ONE_DAY)

    def _match(self):
        candidates = sorted(self._candidates())
        nothing = set()
        while True:
            formers, taken = {}, set()
            for *_rank, period_id, former_id in candidates:
                if period_id in nothing or period_id in formers or former_id in taken:
                    continue
                formers[period_id] = former_id
                taken.add(former_id)
            more = {
                period_id
                for period_id in formers.keys() - taken
                if self._was_short(self._periods[period_id])
            }
            if not more:
                return formers
            nothing |= more

    def _was_short(self, period):
        return period.cancelled and (period.cancelled - period.start).days <= self._gap

    def _candidates(self):
        """What each may continue, as sortable tuples, the best first."""
        groups = {}
        for period in self._periods.values():
            alike = None if period.kind == CONTRACT else period.service_id
            groups.setdefault((period.kind, alike), []).append(period)
        for group in groups.values():
            if len(group) < 2:
                continue
            formers = sorted(
                (period for period in group if period.last),
                key=lambda period: period.last,
            )
            days = [period.last for period in formers]
            for period in group:
                if not period.start:
                    continue
                near = formers[
                    bisect_left(
                        days, self._moved(period.start, -self._gap)
                    ) : bisect_right(days, self._moved(period.start, self._gap))
                ]
                for former in near:
                    if not refusal(former, period, self._gap):
                        yield self._rank(former, period)

    @staticmethod
    def _moved(day, days):
        number = min(max(day.toordinal() + days, 1), date.max.toordinal())
        return date.fromordinal(number)

    @staticmethod
    def _rank(former, period):
        if period.previous_id == former.id:
            kind = 0
        else:
            kind = 1 if period.service_id == former.service_id else 2
        return (
            kind,
            abs((period.start - former.last - ONE_DAY).days),
            period.registration != former.registration,
            period.number != former.number,
            period.start,
            period.id,
            former.id,
        )
