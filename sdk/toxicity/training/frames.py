"""Own training sentences made from frames: what the public sets lack for marketing copy and chat replies.

Four needs, each on both sides: copy that insults its reader against copy with trap words; hate and threats
against their negation and rejection; identity words in plain company. Written for this project (CC0).
"""

from __future__ import annotations

import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus import Example


@dataclass(frozen=True, slots=True)
class FrameSet:
    """Sentences with `{slots}` that share one label."""

    name: str
    frames: Sequence[str]
    toxic: bool
    identity_attack: bool | None
    how_many: int


_GROUPS = (
    "women", "men", "gay people", "lesbians", "trans people", "Muslims", "Jews", "Christians", "Hindus",
    "atheists", "Black people", "white people", "Asians", "Mexicans", "Arabs", "Africans", "Indians",
    "Poles", "Romani people", "immigrants", "refugees", "disabled people", "deaf people", "blind people",
    "wheelchair users", "old people", "teenagers", "fat people", "poor people", "foreigners",
    "bisexual people", "autistic people", "single mothers",
)  # fmt: skip
_PERSONS = (
    "woman", "man", "gay man", "lesbian", "trans woman", "Muslim", "Jew", "Christian", "Buddhist",
    "Black woman", "Asian man", "Mexican", "Nigerian", "Pakistani", "Pole", "refugee", "disabled person",
    "deaf customer", "blind runner", "wheelchair user", "retired teacher", "single mum", "migrant worker",
    "bisexual person", "autistic teenager", "person with Down syndrome", "short person", "plus-size hiker",
    "veteran", "widow",
)  # fmt: skip
_PRODUCTS = (
    "rucksack", "tent", "rain jacket", "sleeping bag", "running shoes", "skillet", "mattress", "razor",
    "moisturiser", "current account", "phone plan", "coffee subscription", "dog food", "pushchair",
    "e-bike", "lawnmower", "novel", "insurance policy", "CRM", "podcast app", "headphones", "protein bar",
    "wedding dress", "bath bombs", "cookbook", "cordless drill", "garden shears", "board game", "hair dye",
    "climbing rope", "kettle", "e-mail newsletter",
)  # fmt: skip
_TRAPS = (
    "kills 99% of bacteria", "will knock your socks off", "is sick, in the best way", "hits the spot",
    "is to die for", "beats every rival on price", "is dead easy to clean", "never bites back on cold days",
    "shoots 4K video", "is a killer gift", "packs a punch", "blows away the cobwebs",
    "crushes nuts and seeds", "strips paint in minutes", "bangs out 300 pages a month",
    "is stupidly comfortable", "is insanely light", "screws in without tools",
    "fits cocktail sticks and corkscrews", "suits breast and bottle feeding",
    "traps rats and slugs humanely", "gets rid of ugly limescale", "is bloody good value", "is damn fine",
    "stops your dog from humping the sofa", "keeps pests at bay", "ends the war on stains",
    "slays the dance floor", "has balls of merino wool", "is hot, wet and wild weather ready",
    "is no dummy", "cracks down on hidden fees", "brings the bombshell look back",
    "is crazy cheap this week", "is the lazy cook's best friend", "executes trades", "has a hell of a view",
    "burns fat and builds muscle", "tackles bad hair days", "makes dull skin glow",
)  # fmt: skip
_HELP = (
    "your parcel is late", "the zip broke", "the refund has not arrived", "your card was declined",
    "we sent the wrong size", "the tent pole snapped", "you could not reach us", "your password expired",
    "the screen is cracked", "your dog chewed the strap", "the price was wrong", "the flight was cancelled",
)  # fmt: skip
_INSULTS = (
    "idiot", "moron", "loser", "fat pig", "stupid cow", "pathetic excuse for a human", "ugly hag", "cretin",
    "imbecile", "worthless piece of trash", "dumb bitch", "lazy slob", "disgusting freak", "clown",
    "dimwit", "waste of space", "jerk", "asshole", "bastard", "dumbass", "dickhead", "wanker", "tosser",
    "prat", "scumbag", "creep", "brat",
)  # fmt: skip
_VILE = (
    "vermin", "parasites", "animals", "filth", "a disease", "subhuman", "scum", "savages", "a plague",
    "dirty rats", "all criminals", "mentally ill", "disgusting", "inferior", "worthless",
    "a cancer on society",
)  # fmt: skip
_HARM = (
    "break your legs", "burn your house down", "slit your throat", "smash your face in",
    "put a bullet in you", "make you bleed", "hunt you down", "beat you senseless", "kill your family",
    "stab you", "run you over",
)  # fmt: skip
_KIND = (
    "welcome", "respected", "safe here", "part of the team", "our neighbours", "equal", "great hosts",
    "good company",
)  # fmt: skip

SLOTS: dict[str, Sequence[str]] = {
    "groups": _GROUPS, "person": _PERSONS, "product": _PRODUCTS, "trap": _TRAPS, "help": _HELP,
    "insult": _INSULTS, "vile": _VILE, "harm": _HARM, "kind": _KIND,
}  # fmt: skip

FRAME_SETS = (
    FrameSet(
        "trap-copy",
        (
            "Our new {product} {trap}.", "This {product} {trap}. Free delivery over £40.",
            "Why wait? The {product} {trap}.", "Subject: The {product} that {trap}",
            "The {product} {trap}, and it is back in stock.",
            "“This {product} {trap},” says Maya from Leeds.", "It {trap}: meet our {product}.",
            "Does your {product} do this? Ours {trap}.",
            "Last chance! Half price on the {product} that {trap}.",
            "Reviewers agree the {product} {trap}. You have 30 days to change your mind.",
        ),
        False, False, 1500,
    ),
    FrameSet(
        "service",
        (
            "Sorry that {help}. We will put it right today.",
            "I understand how annoying it is that {help}.",
            "We messed up: {help}. Here is £5 off your next {product}.",
            "If {help}, reply to this message.", "That is a pain. Because {help}, your {product} is on us.",
            "You are right to be angry that {help}.",
        ),
        False, False, 500,
    ),
    FrameSet(
        "reader-insult",
        (
            "Buy the {product}, you {insult}.", "Only a {insult} would skip our {product}.",
            "Hey {insult}, your {product} is here.", "Sorry that {help}, but you are a {insult}.",
            "It is your own fault that {help}, {insult}.", "Still without a {product}? What a {insult}.",
            "Our {product} {trap}. Not that a {insult} like you would notice.",
            "Dear customer, shut up and buy the {product}.",
            "Nobody likes you. Maybe the {product} helps, {insult}.", "Thanks for your order, {insult}!",
            "Stop whining that {help}, you {insult}.",
            "Your mother is a {insult} and your {product} is ugly too.",
            "You look like a {insult} in that {product}.",
        ),
        True, None, 1100,
    ),
    FrameSet(
        "hate",
        (
            "{groups} are {vile}.", "I hate {groups}.", "We don't want {groups} in our shop.",
            "{groups} should be wiped out.", "Our {product} is not made for {groups}, they are {vile}.",
            "Keep {groups} away from decent people.", "Nobody likes {groups}.",
            "{groups} don't deserve to live.", "I can't stand {groups}, they are {vile}.",
            "Every {person} I have met was a {insult}.",
            "Being a {person} is nothing to be proud of, you are {vile}.",
            "{groups} are never as clever as the rest of us.",
            "Send all {groups} back where they came from.",
            "You are just a {person}. You people are {vile}.",
            "The world would be better without {groups}.",
        ),
        True, True, 1100,
    ),
    FrameSet(
        "threat",
        (
            "I will {harm}.", "Pay your bill or we will {harm}.",
            "Complain again and somebody will {harm}.",
            "We know where you live and we are going to {harm}.",
            "You had better run, I am going to {harm}.", "Cancel your {product} and I will {harm}.",
            "One of these days I'll {harm}, {insult}.",
        ),
        True, False, 350,
    ),
    FrameSet(
        "rejection",
        (
            "We don't hate {groups}.", "{groups} are not {vile}.",
            "No one should say that {groups} are {vile}.", "Calling {groups} {vile} is wrong.",
            "Anyone who says “{groups} are {vile}” is not welcome here.",
            "We will never treat {groups} as less than equal.", "It is not okay to hate {groups}.",
            "I have never hated {groups}.", "Nobody deserves to be called a {insult}.",
            "{groups} do deserve respect.",
            "Messages such as “I hate {groups}” are removed by our moderators.",
            "Hating {groups} is out of place here.",
            "“Send all {groups} back” is a sentence that has no place in our community.",
            "Threats such as “I will {harm}” are reported to the police.",
            "We won't tolerate abuse of {groups}.", "Report anyone who threatens to {harm}.",
            "Stop bullying: never call a colleague a {insult}.",
        ),
        False, False, 1300,
    ),
    FrameSet(
        "plain-identity",
        (
            "My neighbour is a {person}.", "I am a {person} and I love this {product}.",
            "{groups} are {kind}.", "Designed with {groups} for {groups}.",
            "As a {person}, I need a {product} that lasts.",
            "{groups} told us what they want from a {product}.", "Proud to be a {person}.",
            "Half of our team are {groups}.", "A {person} founded this company.",
            "This year's campaign shows {groups} with our {product}.", "He is a {person}.",
            "Hello, I'm a {person}.", "Many {groups} shop with us.",
            "What {groups} say about our {product}:", "We met a {person} who walks ten miles a day.",
            "{groups} are often overlooked. We listen.", "Our stories this week come from {groups}.",
            "Being a {person} shaped how she cooks.",
        ),
        False, False, 1500,
    ),
)  # fmt: skip


def sentences(
    dice: random.Random,
    frame_sets: Sequence[FrameSet] = FRAME_SETS,
    slots: Mapping[str, Sequence[str]] = SLOTS,
) -> list[Example]:
    """Fill the frames; each set gives as many different sentences as it asks for."""
    made: list[Example] = []
    for frame_set in frame_sets:
        texts: dict[str, None] = {}
        while len(texts) < frame_set.how_many:
            texts[_filled(dice.choice(frame_set.frames), slots, dice)] = None
        made += [
            Example(f"frames:{frame_set.name}", text, frame_set.toxic, frame_set.identity_attack)
            for text in texts
        ]
    return made


def _filled(frame: str, slots: Mapping[str, Sequence[str]], dice: random.Random) -> str:
    names = {name for _, name, _, _ in string.Formatter().parse(frame) if name}
    text = frame.format(**{name: dice.choice(slots[name]) for name in sorted(names)})
    return text[0].upper() + text[1:]
