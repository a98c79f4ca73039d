"""Words we do not ship: promises nobody can keep, and anything that makes people feel guilty or small."""

from __future__ import annotations

import re

_BANNED = re.compile(
    r"""\b(?:
      oxytocin | serotonin | dopamin\w* | endorphin\w* | hormones?
    | blood\ pressure
    | (?:live|living)\ longer | longer\ li(?:fe|ves) | life\ ?span | life\ expectancy
    | helper[’'‘]?s?[’']?\ high
    | re-?wir(?:e|es|ed|ing) | brain\ chemistry | (?:the|your)\ brain
    | (?:scientifically|clinically)\ pro(?:ven|ved) | proven
    | streaks?
    | (?:do\ not|don[’']t)\ break
    | you(?:\ have|[’']ve)?\ missed
    | we\ miss(?:ed)?\ you
    | last\ chance
    # Nobody is looked down on, and acts are no matter of drink or illness.
    | less\ fortunate | underprivileged | the\ needy | the\ poor
    | alcohol\w* | diseases?
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)

# Phrases that may hold a banned word because they turn it down: where "informed by" is explained,
# where the landing page lists what we left out. Write the phrase as it stands in the copy.
ALLOWED = (
    "informed by, never proven",
    "informed by research, never proven by it",
    "No leaderboards, no streaks, no likes",
    "Leaderboards, streaks and likes",
    # The heading under "Things we left out on purpose" on the front page, there and in its translations.
    '<dt>{% translate "Streaks" %}</dt>',
    "Streaks Rachas",
)


def banned_phrases(text: str) -> list[str]:
    """The banned phrases in a text, in lower case, in the order they come."""
    plain = " ".join(text.split())
    for sentence in ALLOWED:
        plain = re.sub(re.escape(sentence), " ", plain, flags=re.IGNORECASE)
    return [match[0].lower() for match in _BANNED.finditer(plain)]
