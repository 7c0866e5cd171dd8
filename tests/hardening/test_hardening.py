"""The built command has what cmake/hardening.cmake asks for.

MEMTORRENT_BINARY names the command, COPYING_PROGRAM a program with the same options that copies so many bytes as it is
told, CXX the compiler of both, READELF a readelf. What the compiler's own start files or this processor cannot have is
not asked for.
"""

import os
import subprocess
import tempfile
import unittest

BINARY = os.environ["MEMTORRENT_BINARY"]
COPYING_PROGRAM = os.environ["COPYING_PROGRAM"]
COMPILER = os.environ.get("CXX", "c++")
READELF = os.environ.get("READELF", "readelf")


def readelf(option, binary=BINARY):
    return subprocess.run([READELF, "--wide", option, binary], check=True, capture_output=True, text=True).stdout


def control_flow_marks(binary):
    notes = readelf("--notes", binary)
    return {mark for mark in ("IBT", "SHSTK") if mark in notes}


def marks_of_an_empty_program():
    """What the system's start files leave of -fcf-protection; nothing where the compiler does not know it."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "program")
        compiled = subprocess.run(
            [COMPILER, "-fcf-protection", "-x", "c++", "-", "-o", program],
            input="int main() {}", capture_output=True, text=True)
        return control_flow_marks(program) if compiled.returncode == 0 else set()


class Hardening(unittest.TestCase):
    def test_is_loaded_at_any_address(self):
        self.assertRegex(readelf("--file-header"), r"Type:\s+DYN")
        self.assertRegex(readelf("--dynamic"), r"\(FLAGS_1\).*\bPIE\b")

    def test_finds_all_functions_before_it_runs_and_writes_their_table_no_more(self):
        self.assertRegex(readelf("--dynamic"), r"BIND_NOW|\(FLAGS_1\).*\bNOW\b")
        self.assertIn("GNU_RELRO", readelf("--program-headers"))

    def test_has_no_memory_that_is_both_written_and_run(self):
        segments = [line for line in readelf("--program-headers").splitlines() if " LOAD " in line or "GNU_STACK" in line]
        self.assertTrue(segments)
        for line in segments:
            self.assertNotRegex(line, r"\bRWE\b")

    def test_looks_at_its_stack_when_a_function_returns(self):
        self.assertIn("__stack_chk_fail", readelf("--dyn-syms"))

    def test_looks_at_lengths_before_it_copies(self):
        self.assertIn("__memcpy_chk", readelf("--dyn-syms", COPYING_PROGRAM))

    def test_allows_jumps_and_returns_only_where_the_compiler_put_them(self):
        self.assertEqual(control_flow_marks(BINARY), marks_of_an_empty_program())


if __name__ == "__main__":
    unittest.main()
