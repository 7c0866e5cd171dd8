"""What the tests stream: films that ffmpeg makes, and files of random bytes, each with its .torrent.

They are made anew for each run: that takes seconds, and leaves nothing behind.
"""

import os
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

import libtorrent as lt

import child_process

MIB = 1 << 20


@dataclass(frozen=True)
class Film:
    path: Path
    torrent_path: Path

    @property
    def size_bytes(self):
        return self.path.stat().st_size

    def torrent_info(self):
        return lt.torrent_info(str(self.torrent_path))


def new_folder():
    """A folder that goes away when the test ends, on the disk that the build is on: /tmp is RAM on some machines."""
    return tempfile.TemporaryDirectory(prefix="films-", dir=os.environ.get("MEMTORRENT_FILMS_FOLDER"))


def make_mp4(folder):
    """An MP4 as ffmpeg writes it if nothing is said: its index is at the end, where a player must go first."""
    return film_of(_encode(Path(folder) / "film.mp4"))


def make_mkv(folder):
    return film_of(_encode(Path(folder) / "film.mkv"))


def make_random(folder, size_bytes, seed):
    """A file of random bytes, always the same for one seed. No byte of it is right by chance."""
    path = Path(folder) / "random.bin"
    generator = random.Random(seed)
    with open(path, "wb") as file:
        for begin in range(0, size_bytes, MIB):
            file.write(generator.randbytes(min(MIB, size_bytes - begin)))
    return film_of(path)


def film_of(path, piece_bytes=MIB):
    """Makes a .torrent of a file, beside it."""
    files = lt.file_storage()
    lt.add_files(files, str(path))
    # aria2 and transmission know v1 only.
    torrent = lt.create_torrent(files, piece_bytes, lt.create_torrent.v1_only)
    lt.set_piece_hashes(torrent, str(path.parent))
    torrent_path = path.with_suffix(path.suffix + ".torrent")
    torrent_path.write_bytes(lt.bencode(torrent.generate()))
    return Film(path, torrent_path)


def top_level_boxes(mp4_path):
    """The types of the boxes of an MP4 in the order in which they are in the file (ISO/IEC 14496-12, 4.2)."""
    types = []
    with open(mp4_path, "rb") as file:
        while header := file.read(8):
            size, kind = int.from_bytes(header[:4], "big"), header[4:].decode()
            header_size = 8
            if size == 1:
                size, header_size = int.from_bytes(file.read(8), "big"), 16
            types.append(kind)
            file.seek(size - header_size, os.SEEK_CUR)
    return types


def _encode(path, duration_s=75):
    # Noise makes frames large, and each different from all others. MPEG-4 part 2 at its best quality is coded and
    # decoded 20 times faster than it plays.
    child_process.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-fflags", "+bitexact",
         "-f", "lavfi", "-i", f"testsrc2=size=640x360:rate=25:duration={duration_s}",
         "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={duration_s}",
         "-vf", "noise=alls=20:allf=t:all_seed=1",
         "-c:v", "mpeg4", "-q:v", "1", "-g", "25", "-c:a", "aac", "-flags", "+bitexact", path],
        limit_s=300)
    return path
