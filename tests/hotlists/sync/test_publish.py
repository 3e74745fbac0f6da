from tests.hotlists.made import random_vrms
from tests.hotlists.office import Office

VRMS = random_vrms(3000)


def test_published_files_that_no_recent_manifest_names_are_removed(office: Office) -> None:
    for count in range(10, 30):
        office.publish(VRMS[:count])
    names = {p.stem for p in (office.published / "objects").glob("*/*.zst")}
    assert len(names) <= 3 + 10 + 3
    manifest = office.publish()
    assert {manifest.lists[0].snapshot.sha256, *(d.file.sha256 for d in manifest.lists[0].deltas)} <= names
