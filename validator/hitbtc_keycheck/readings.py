"""How an answer is read by the tables: what it shows of a setting, or what is known of its trouble.

Rules of this room: nothing is known here that is not in the tables; what fits none of them shows
nothing. Of amounts no more is kept than whether there is any.
"""

import math

from hitbtc_keycheck.answers import Answer, Kind
from hitbtc_keycheck.codes import Code, Sign, code_of, sign_of
from hitbtc_keycheck.requests import BALANCE, Form, Probe, Reading


def reading_of(probe: Probe, answer: Answer) -> Reading:
    """Return what `answer` to `probe` shows; NOTHING unless the table says otherwise.

    An alarm also needs an HTTP status of success.
    """
    if answer.kind is Kind.ERROR:
        return _error_means(probe, answer)
    if probe.result is Reading.ALARM and answer.status not in range(200, 300):
        return Reading.NOTHING
    return probe.result if _fits(probe, answer) else Reading.NOTHING


def _error_means(probe: Probe, answer: Answer) -> Reading:
    for shows in probe.errors:
        if answer.code == shows.code and answer.status in (None, shows.status):
            return shows.reading
    return Reading.NOTHING


def _fits(probe: Probe, answer: Answer) -> bool:
    result = answer.result
    if answer.kind is not Kind.RESULT or probe.form is Form.NONE:
        return False
    if probe.form is Form.TRUE:
        return result is True
    if probe.form is Form.DONE:
        return isinstance(result, dict) and len(result) == 1 and result.get("result") is True
    if probe.form is Form.OBJECT:
        return isinstance(result, dict) and isinstance(result.get("result"), list)
    if not isinstance(result, list) or not (result or probe.may_be_empty):
        return False
    return all(_known(item, probe.items) for item in result)


def _known(item: object, keys: tuple[str, ...]) -> bool:
    return isinstance(item, dict) and any(key in item for key in keys)


def holds_anything(probe: Probe, answer: Answer) -> bool | None:
    """Whether a list of balances holds anything; None where the answer does not say.

    Amounts go no further than this.
    """
    if probe.items is not BALANCE or not _fits(probe, answer):
        return None
    items = answer.result if isinstance(answer.result, list) else []
    amounts = [_amount(item.get("available")) for item in items]
    amounts += [_amount(item.get("reserved", "0")) for item in items]
    if any(amount > 0 for amount in amounts):
        return True
    return None if any(map(math.isnan, amounts)) else False


def _amount(value: object) -> float:
    """The amount as a number; not-a-number where it is none."""
    try:
        return float(str(value))
    except ValueError:
        return math.nan


def trouble_of(probe: Probe, answer: Answer) -> Code | Sign | None:
    """Return what is known of an answer to `probe` that shows nothing."""
    return code_for(probe, answer) or sign_of(answer)


def code_for(probe: Probe, answer: Answer) -> Code | None:
    """Return what is known of an error as an answer to `probe`.

    That is nothing where the table reads the code, but with another HTTP status.
    """
    code = code_of(answer)
    read = code and code.code in {shows.code for shows in probe.errors}
    return None if read and reading_of(probe, answer) is Reading.NOTHING else code
