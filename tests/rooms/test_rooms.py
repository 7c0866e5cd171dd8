"""The rooms of src/: docs/architecture.md has the table, and here it is held to.

Imports go down the table only. libtorrent's private headers are included in one room. Files and rooms stay small enough
to be read.
"""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_ROOM = 3000

# What is libtorrent's own: its classes behind torrent_handle, and all of aux_.
PRIVATE_HEADERS = re.compile(
    r"#include <libtorrent/(torrent|peer_connection|bt_peer_connection|web_peer_connection|web_connection_base"
    r"|piece_picker|peer_list|torrent_peer|torrent_peer_allocator|request_blocks|aux_/\w+)\.hpp>"
)


def rooms_of_the_table():
    """The rooms in the order of the table, the top one first."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    return re.findall(r"^\| `src/(\w+)` \|", text, re.MULTILINE)


def sources():
    return sorted(path for path in SRC.rglob("*") if path.suffix in (".cpp", ".hpp"))


def room_of(path):
    """The room that a source is in; nothing for what lies in src/ itself, which all may include."""
    inner = path.relative_to(SRC)
    return inner.parts[0] if len(inner.parts) > 1 else None


def lines_of(path):
    return len(path.read_text().splitlines())


class RoomsTest(unittest.TestCase):
    def test_the_table_names_every_room(self):
        folders = sorted(path.name for path in SRC.iterdir() if path.is_dir())
        self.assertEqual(sorted(rooms_of_the_table()), folders)

    def test_imports_go_down_the_table_only(self):
        height = {room: -place for place, room in enumerate(rooms_of_the_table())}
        wrong = []
        for path in sources():
            for included in re.findall(r'#include "(\w+)/', path.read_text()):
                room = room_of(path)
                if included in height and (room is None or height[included] > height[room]):
                    wrong.append(f"{path.relative_to(ROOT)} includes {included}/, which is above it")
        self.assertEqual(wrong, [])

    def test_one_room_knows_the_private_parts_of_libtorrent(self):
        wrong = [
            f"{path.relative_to(ROOT)}: {match.group(0)}"
            for path in sources()
            if room_of(path) != "bridge"
            for match in PRIVATE_HEADERS.finditer(path.read_text())
        ]
        self.assertEqual(wrong, [])

    def test_no_file_is_too_long(self):
        long = {str(path.relative_to(ROOT)): lines_of(path) for path in sources()}
        self.assertEqual({name: lines for name, lines in long.items() if lines > MOST_LINES_OF_A_FILE}, {})

    def test_no_room_is_too_large(self):
        sizes = {}
        for path in sources():
            if room := room_of(path):
                sizes[room] = sizes.get(room, 0) + lines_of(path)
        self.assertEqual({room: lines for room, lines in sizes.items() if lines > MOST_LINES_OF_A_ROOM}, {})


if __name__ == "__main__":
    unittest.main()
