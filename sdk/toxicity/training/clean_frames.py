"""Own clean sentences made from frames: reporting on harsh matters, and requests to a shop, bank or app.

The labelled sets know killing, illness and "women" mostly from abuse, and short blunt requests hardly at all.
Each set has its abusive counterpart in `frames.py`. Written for this project (CC0).
"""

from __future__ import annotations

from collections.abc import Sequence

from frames import SLOTS as COMMON_SLOTS
from frames import FrameSet

_DEED = (
    "the killing of two fishermen", "a knife attack near the station", "an armed robbery",
    "the bombing of a bridge",
    "a string of burglaries", "the murder of a judge", "the poisoning of a lake", "smuggling ivory",
    "the abuse of farm animals", "selling fake medicine", "a hit-and-run", "human trafficking", "arson",
    "an attempted kidnapping", "sexual harassment at work", "shooting a protected eagle", "tax fraud",
    "the stabbing of a teenager", "hate crimes", "stealing from a care home",
)  # fmt: skip
_ACTOR = (
    "police", "a gang", "two brothers", "soldiers", "rebels", "a former mayor", "a gunman", "poachers",
    "a hospital worker", "prison guards", "the militia", "an unknown group", "smugglers", "a court in Lyon",
    "the coast guard", "protesters", "hackers", "the secret police",
)  # fmt: skip
_TOLL = (
    "killed at least nine people", "left dozens injured", "destroyed a school",
    "burned down half the village",
    "forced thousands to flee", "died in custody", "shot three men dead", "set fire to the market",
    "was beaten outside his home", "threatened to blow up the dam", "took a family hostage",
    "executed prisoners", "raped and robbed villagers", "poisoned the wells", "sank a ferry",
    "tortured witnesses", "attacked a mosque", "bombed the port", "looted shops",
)  # fmt: skip
_ANIMAL = (
    "wolves", "sharks", "rats", "foxes", "elephants", "crows", "pigs", "dogs", "tigers", "snakes", "bees",
    "whales", "wild boar", "cats", "rhinos", "seals", "mosquitoes", "vultures", "cows", "monkeys",
)  # fmt: skip
_FATE = (
    "are hunted for their skins", "are killed every year on this road", "carry a deadly virus",
    "are shot when they come near farms", "tear their prey apart", "are feared as killers",
    "eat dead meat", "are slaughtered in autumn", "are trapped and poisoned", "bite when they are scared",
    "are dying out", "mate in the early spring", "live on rubbish dumps", "are bred for meat",
)  # fmt: skip
_ILLNESS = (
    "breast cancer", "depression", "HIV", "diabetes", "dementia", "an eating disorder", "bowel cancer",
    "malaria", "schizophrenia", "a stroke", "addiction", "obesity", "endometriosis", "erectile dysfunction",
    "herpes", "blindness", "asthma", "a sexually transmitted infection",
)  # fmt: skip
_PEOPLE = (
    "women", "men", "girls", "boys", "mothers", "older men", "young women", "teenagers", "Muslim families",
    "Black children", "Jewish shopkeepers", "immigrants", "gay couples", "poor families", "prisoners",
    "refugees", "Romani villagers", "Chinese workers", "white farmers", "disabled pupils",
)  # fmt: skip
_LOT = (
    "earn less than their colleagues", "were not allowed to vote until 1948",
    "live longer than they did in 1950",
    "are more likely to die young", "were forced out of their homes", "say they feel unsafe at night",
    "are under-represented in parliament", "were sold as slaves", "were left out of the census",
    "spend more time with their phones than outdoors", "were murdered in the camps",
    "do most of the housework",
    "are often stopped by the police", "were banned from the beaches", "are twice as likely to be attacked",
    "take more risks on the road", "told us why they left", "were paid in food, not money",
    "are still called names at school", "have less access to a doctor",
)  # fmt: skip
_PERIOD = (
    "In the 1930s", "After the war", "During the famine", "In 1692", "Under the dictatorship", "Last winter",
    "On Tuesday", "In the past ten years", "Before the revolution", "In the nineteenth century", "Since 2015",
)  # fmt: skip
_ORDER = (
    "stop my contract", "cancel my subscription", "drop the flight to Oslo", "freeze my card",
    "put the heating off", "read that to me in French", "speak slower", "stop talking",
    "turn off the adverts", "delete everything I typed", "send 40 euros to my sister",
    "pay the plumber from the joint account", "book a table for the two of us", "order six more bin bags",
    "order toilet paper", "shuffle the playlist", "pick a number for me", "text my boss that I am sick",
    "tell my wife I am late", "tell the school my son has lice", "change my PIN", "block this number",
    "kill the lights", "shut down the computer", "turn that song off", "remind me to feed the cat",
    "wake me at five", "add nappies to the list", "find a chicken recipe", "report my card as stolen",
    "remove my mother's name", "take me off your list", "send it back to the warehouse",
)  # fmt: skip
_FAULT = (
    "does not work", "is broken again", "was declined", "never came", "is too slow", "is a complete mess",
    "was charged twice", "is stuck", "smells bad", "is dead", "keeps crashing", "is useless to me now",
    "arrived dirty", "got eaten by the machine", "is not what I paid for", "leaks",
)  # fmt: skip
_THING = (
    "card", "transfer", "top-up", "cash machine", "refund", "app", "login", "delivery", "battery", "toaster",
    "invoice", "voucher", "exchange rate", "hotline", "hoover", "password", "parcel", "chatbot", "phone",
)  # fmt: skip
_ASKED = (
    "how do you spell pheasant", "what does impotent mean", "who was hanged in 1946",
    "are sharks dangerous", "why do boys grow faster", "how long do chickens live", "what is cradle cap",
    "how do you say bastard file in German", "is the ferry to Tunis running", "what is the minimum wage",
    "what does a lawyer cost", "how many calories are in a pig's ear", "why is my cat so mean",
    "how do I kill moss", "is it going to rain in Cork", "what should I cook for twelve people",
    "do you have a mother", "are you a man or a woman", "why is the sky black at night",
    "when is the next black moon", "what is my spending this month", "where was the first gay pride held",
    "how do I treat a burn", "how bad is the traffic", "can you die of a bee sting", "what is a hen party",
    "why do women outlive men", "how do I get rid of wasps", "do I have to sign it twice",
)  # fmt: skip
_TRAPS = (
    "kicks serious butt on the trail", "is a beast on ice", "is the bomb", "will blow your mind",
    "is sinfully rich", "nukes grease in seconds", "is a guilty pleasure", "is wickedly sharp",
    "is the mother of all bargains", "has guts under the bonnet", "punishes cheap imitations",
    "drills through concrete like butter", "smokes ribs for twelve hours",
    "gets down and dirty in the garden",
    "is a pain killer for your budget", "is mad about cheese", "puts an end to smelly socks",
    "makes fools of heavier rivals", "hammers home the point", "is badass and proud of it",
    "shaves minutes off the clock", "rips through wet wood", "is unapologetically weird",
    "will make rivals cry",
    "is the bad boy of blenders", "spanks the competition", "is dope", "is a naughty little treat",
    "attacks stubborn stains", "leaves slugs for dead", "is shamelessly pink", "is a bit of a diva",
    "is tough as hell", "hits like a freight train", "is drop-dead gorgeous",
    "is nuts, hazelnuts to be exact",
)  # fmt: skip
_PLEA = (
    "I want you to {order}", "please {order}", "I need to {order} now", "can you {order}",
    "how do I {order}", "I would like to {order}, please", "go ahead and {order}", "{order}",
    "{order} right now", "I don't want that any more, {order}", "would you {order} for me",
)  # fmt: skip

SLOTS: dict[str, Sequence[str]] = {
    **COMMON_SLOTS,
    "deed": _DEED, "actor": _ACTOR, "toll": _TOLL, "animal": _ANIMAL, "fate": _FATE, "illness": _ILLNESS,
    "people": _PEOPLE, "lot": _LOT, "period": _PERIOD, "order": _ORDER, "fault": _FAULT, "thing": _THING,
    "asked": _ASKED, "trap": _TRAPS,
}  # fmt: skip

FRAME_SETS = (
    FrameSet(
        "more-trap-copy",
        (
            "Our new {product} {trap}.", "This {product} {trap}.", "Trust us: the {product} {trap}.",
            "{trap}.",
            "A {product} that {trap}? Yes, from £29.", "The {product} {trap}. No kidding.",
            "Warning: this {product} {trap}.", "“It {trap},” writes Ben, 34.",
            "Ready? The new {product} {trap}!",
            "Only until Sunday: the {product} that {trap}", "One {product}, three colours, and it {trap}.",
        ),
        False, False, 800,
    ),
    FrameSet(
        "reporting",
        (
            "{period}, {actor} {toll}.", "{actor} {toll}, the ministry said.", "A man was jailed for {deed}.",
            "Witnesses say that {actor} {toll} and then fled.", "She was accused of {deed}.",
            "The trial over {deed} begins on Monday.", "Three people were arrested after {deed}.",
            "“{actor} {toll},” a neighbour told reporters.", "{period}, {deed} shocked the whole country.",
            "The film tells how {actor} {toll}.", "Nobody was ever punished for {deed}.",
            "The report links {actor} to {deed}.", "Her novel begins with {deed}.",
            "His father, who had seen {deed}, never spoke of it.",
        ),
        False, False, 1100,
    ),
    FrameSet(
        "nature-and-health",
        (
            "{animal} {fate}.", "In this valley {animal} {fate}, scientists say.",
            "{period}, {animal} had a bad name: people said they {fate}.", "{animal} and {animal} {fate}.",
            "More people die of {illness} than on the road.", "{people} with {illness} often wait for years.",
            "The clinic treats {illness}.", "How to talk to your doctor about {illness}",
            "He was 31 when he found out that he had {illness}.",
            "Screening for {illness} is free for {people} over 50.", "What {animal} teach us about {illness}",
        ),
        False, False, 700,
    ),
    FrameSet(
        "history-and-society",
        (
            "{period}, {people} {lot}.", "{people} {lot}, a study found.", "{people} {lot}.",
            "Why is it that {people} {lot}?", "“{people} {lot},” said the minister.",
            "Researchers asked why {people} {lot}.", "{period}, many {people} fled after {deed}.",
            "The law was meant to protect {people}, but it did not.", "{people} and {people} {lot}.",
            "The exhibition shows how {people} {lot}.", "More {people} than {people} applied this year.",
        ),
        False, False, 1100,
    ),
    FrameSet(
        "request",
        (
            *_PLEA, *(f"{plea}." for plea in _PLEA), "{asked}", "{asked}?", "hey, {asked}",
            "do you know {asked}",
            "my {thing} {fault}", "My {thing} {fault}. What now?", "Why is it that my {thing} {fault}?",
            "The {thing} {fault}, so please {order}.", "Three weeks of waiting is too long, {order}.",
            "I am not happy: the {thing} {fault}. {order}!", "the {thing} {fault} and nobody answers",
            "I hate that the {thing} {fault}.", "This is ridiculous, my {thing} {fault}.",
            "no way, that would be awful", "that is wrong, try again", "oh no, the {thing} {fault}",
        ),
        False, False, 1500,
    ),
)  # fmt: skip
