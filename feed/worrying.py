"""Words that a grown-up should read soon: a help to read in the right order, never a judgment and never a lock.

A list of phrases finds less than a reader does and more than it should. So what it finds is only moved to the top,
with the school's own way to go on beside it; nothing is held back, hidden or sent anywhere because of it. English
and Spanish are looked for in every text, for a class may write in both.
"""

import re
import unicodedata

PHRASES = (
    # Harm to oneself
    *("kill myself", "killing myself", "hurt myself", "hurting myself", "cut myself", "cutting myself", "end it all"),
    *("want to die", "wanna die", "wish i was dead", "wish i were dead", "want to be dead", "better off dead"),
    *("suicide", "suicidal", "self harm", "hate my life", "hate myself", "do not want to live", "dont want to live"),
    *("no reason to live", "nobody would miss me", "no one would miss me", "everyone hates me", "nobody likes me"),
    # Harm by others
    *("hits me", "hit me", "hitting me", "beats me", "beat me up", "hurts me", "hurt me", "kicked me", "punched me"),
    *("touched me", "touches me", "touching me", "made me touch", "keep it secret", "our secret", "dont tell anyone"),
    *("threatened me", "scared of", "afraid of him", "afraid of her", "scared to go home", "afraid to go home"),
    *("bullied", "bullying", "bullies me", "picks on me", "locked me in", "locks me in"),
    # Want and flight
    *("nothing to eat", "no food at home", "run away from home", "running away", "sleep outside", "nowhere to sleep"),
    # Harm to others
    *("kill him", "kill her", "kill them", "kill you", "shoot", "stab", "bring a knife", "a gun", "knife to school"),
    # The same in Spanish
    *("matarme", "suicid*", "quiero morir", "me quiero morir", "hacerme daño", "me hago daño", "me corto", "cortarme"),
    *("odio mi vida", "me odio", "no quiero vivir", "nadie me quiere", "todos me odian", "nadie me echaria de menos"),
    *("me pega", "me pegan", "me pegaron", "me golpea", "me golpean", "me toca", "me toco", "me hace daño"),
    *("no se lo digas", "nuestro secreto", "es un secreto", "me amenaza", "me amenazan", "miedo de ir a casa"),
    *("miedo de volver a casa", "acoso", "me acosan", "se burlan de mi", "me encierra", "no hay comida", "escaparme"),
    *("matarlo", "matarla", "matarlos", "una pistola", "un cuchillo", "navaja"),
)


def _plain(text: str) -> str:
    """Small letters without accents, apostrophes and signs, with single spaces: as phrases are compared."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ñ", "n~").replace("’", "").replace("'", ""))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w~*]+", " ", letters).split())


def _found_by(phrases: tuple[str, ...]) -> re.Pattern[str]:
    words = (re.escape(_plain(phrase)).replace(r"\ ", " ").replace(r"\*", r"\w*") for phrase in phrases)
    return re.compile(rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b")


FOUND = _found_by(PHRASES)


def worries_in(*texts: str) -> list[str]:
    """The phrases that were found, as they are compared, each once."""
    return list(dict.fromkeys(found for text in texts for found in FOUND.findall(_plain(text))))
