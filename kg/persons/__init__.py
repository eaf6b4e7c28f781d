"""Who is who: reports, patients, persons, and what curators decided of them."""
