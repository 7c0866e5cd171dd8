"""One seed, a program of its own on its own host: seed_program.py KIND FILM ADDRESS FOLDER

KIND is libtorrent, transmission or corrupt; FOLDER is its own. Says where peers connect when they can. Answers each
line with a JSON object of what it has done up to now, and ends when its stdin does.
"""

import json
import sys
from pathlib import Path

from films import Film
from seeds import LibtorrentSeed, TransmissionSeed


def seed_of(kind, film, address, folder):
    if kind == "transmission":
        return TransmissionSeed(film, folder, address)
    if kind == "libtorrent":
        return LibtorrentSeed(film, address, looks_at_files=False)
    # One large hole, which reads as zeros: the film has no block of zeros, so every block that is sent is wrong.
    with open(folder / film.path.name, "wb") as file:
        file.truncate(film.size_bytes)
    return LibtorrentSeed(film, address, folder=folder, looks_at_files=False)


def main():
    kind, film_path, address, folder = sys.argv[1:]
    film_path = Path(film_path)
    seed = seed_of(kind, Film(film_path, film_path.with_suffix(film_path.suffix + ".torrent")), address, Path(folder))
    try:
        print(seed.endpoint, flush=True)
        for _ in sys.stdin:
            print(json.dumps({"peers": seed.connected_peers(), "uploaded_bytes": seed.uploaded_bytes()}), flush=True)
    finally:
        seed.close()


if __name__ == "__main__":
    main()
