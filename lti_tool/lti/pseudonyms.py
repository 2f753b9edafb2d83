"""Readable names for people of whom no name came: "Quiet Heron". Distinct within a course.

They say nothing about anybody: drawn at random, not derived from an identifier.
"""

import secrets
from collections.abc import Collection, Iterator


def _words(text: str) -> list[str]:
    return text.split()


_MANNERS = _words(
    "Able Agile Alert Amber Apt Avid Bold Brave Breezy Bright Brisk Calm Candid Careful Cheerful Civil "
    "Clear Clever Cosy Crisp Curious Dapper Daring Deft Eager Early Earnest Fair Fleet Frank "
    "Fresh Friendly Gallant Gentle Glad Golden Graceful Grand Happy Hardy Hearty Helpful Honest Hopeful "
    "Humble Jolly Keen Kind Lively Loyal Lucid Lucky Mellow Merry Mild Mindful Modest Neat Nimble Noble "
    "Patient Peaceful Playful Plucky Polite Proud Quick Quiet Radiant Ready Rosy Serene Sharp Silver "
    "Sincere Smart Spry Steady Still Sunny Swift Thoughtful Tidy Trusty Upbeat Vivid Warm "
    "Wise Witty"
)
_ANIMALS = _words(
    "Alpaca Antelope Badger Bear Beaver Bison Bittern Bobcat Caribou Chamois Cheetah Civet Condor "
    "Coral Cormorant Crane Cricket Curlew Deer Dolphin Dormouse Dove Duck Eagle Egret Elk Ermine Falcon "
    "Ferret Finch Firefly Flamingo Fox Gannet Gazelle Gecko Gibbon Goldfinch Grebe Grouse Hare Harrier "
    "Hedgehog Heron Hoopoe Hornbill Ibex Ibis Impala Jackdaw Jay Kestrel Kingfisher Kite Kiwi Koala Lapwing "
    "Lark Lemur Linnet Lynx Magpie Mallard Marmot Marten Martin Meerkat Merlin Moose Narwhal "
    "Nightjar Ocelot Oriole Osprey Otter Owl Panda Parrot Pelican Penguin Petrel Plover Pony Puffin "
    "Quail Quokka Rabbit Raven Robin Sable Salmon Seal Serval Siskin Sparrow Squirrel Starling Stoat "
    "Stork Swan Swift Teal Tern Thrush Toucan Turtle Vole Wagtail Warbler Wombat "
    "Wren Yak Zebra"
)
_PLAIN_DRAWS = 12


def candidates() -> Iterator[str]:
    """Names to try, without end: plain ones first, then with ever longer numbers."""
    for _draw in range(_PLAIN_DRAWS):
        yield _pair()
    limit = 100
    while True:
        yield f"{_pair()} {2 + secrets.randbelow(limit)}"
        limit *= 2


def draw(taken: Collection[str]) -> str:
    """A name that is not among those taken."""
    return next(name for name in candidates() if name not in taken)


def _pair() -> str:
    return f"{secrets.choice(_MANNERS)} {secrets.choice(_ANIMALS)}"
