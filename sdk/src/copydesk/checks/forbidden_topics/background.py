"""Everyday commercial sentences that no topic should find, for workspaces with little copy of their own."""

from typing import Final

BACKGROUND: Final[tuple[str, ...]] = tuple(
    line.strip()
    for line in """
    Thank you for your order; we will send you a message as soon as it leaves our warehouse.
    Your parcel is on its way and should be with you by Thursday.
    We have added new colours to our most popular fleece.
    This bottle keeps drinks cold for a day and hot for twelve hours.
    The seams are taped and the zips are covered, so rain stays outside.
    Pick your size with the chart below and swap it for free if it does not fit.
    Welcome back, it is good to see you again.
    Your account is ready and you can sign in with your e-mail address.
    Please choose a new password to finish the set-up.
    We are sorry that your delivery is late.
    The courier could not find anybody at home and will try again tomorrow.
    You can change the delivery address until the parcel has been handed over.
    Our team answers every message within one working day.
    The sale starts on Friday and runs for ten days.
    Members get early access to the new collection.
    Add two items to your basket and save on the second.
    The tent pitches in five minutes and packs into a small bag.
    A soft lining keeps your hands warm on cold mornings.
    Made from recycled bottles, this jacket is light and strong.
    Wash at thirty degrees and let it dry on a line.
    We repair zips, seams and buckles in our own workshop.
    Your points are worth five pounds on your next purchase.
    Open the app to see where your order is.
    New in: trail shoes with a grippier sole.
    Come and try them on in our shops this weekend.
    The battery lasts for a whole week of normal use.
    It connects to your phone in seconds.
    The screen is easy to read in bright sunlight.
    Our coffee is roasted in small batches every morning.
    The recipe serves four and takes half an hour.
    Fresh bread, good butter and a pot of tea make a fine breakfast.
    The hotel is a short walk from the station and the old town.
    Breakfast is included and the rooms look over the garden.
    Book your table online and bring the whole family.
    The course has six short lessons and a final exercise.
    Read the guide to find the right rucksack for your trip.
    Pack light, start early and tell somebody where you are going.
    The path follows the river before it climbs to the ridge.
    Remember sun cream, a hat and plenty of water.
    Your invoice is attached to this message.
    The payment has been received, thank you.
    The refund reaches your account in three to five days.
    Your subscription renews on the first of the month.
    You can cancel at any time from your account page.
    We have updated our opening hours for the holidays.
    The newsletter comes out once a month.
    Tell us what you think in a two-minute survey.
    The winners of our photo competition have been chosen.
    Our designers spent two years on this boot.
    Every order helps to plant trees in the national park.
    The sofa comes in three fabrics and is easy to put together.
    The lamp gives a warm light and uses very little power.
    This notebook lies flat and takes ink well.
    The bicycle is serviced before it leaves the shop.
    Your appointment is confirmed for Monday at ten.
    Please bring the confirmation and some photo identification.
    The event takes place outdoors, so dress for the weather.
    Doors open at seven and the music starts at eight.
    Your seat is by the window in coach four.
    The ferry leaves every hour in summer.
    Gift cards arrive by e-mail within minutes.
    We wrap presents for free until Christmas Eve.
    Students save ten percent with a valid card.
    The manual is available in twelve languages.
    Contact us by chat, by phone or by e-mail.
    A spare part is on its way to you at no charge.
    Keep your receipt for the guarantee.
    The update brings faster search and a darker theme.
    Save your favourites and find them on every device.
    Invite a friend and both of you get a reward.
    We are hiring cooks, drivers and gardeners.
    Our new office is close to the park.
    The garden chairs stack and can stay outside all year.
    Children under six travel for free.
    The museum is closed on Mondays.
    This serum leaves the skin soft and smooth.
    A few drops are enough for the whole face.
    The mattress has seven zones and a washable cover.
    Trust your compass and enjoy the view from the top.
    See you out there.
    """.splitlines()
    if line.strip()
)
