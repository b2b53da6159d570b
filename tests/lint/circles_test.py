"""The lint of circles finds those that are made, and only those."""
import os
import subprocess
import sys
import tempfile
import unittest

LINT = os.path.join(os.environ.get("top_srcdir", "."),
                    "tests/lint/circles.py")


def lint(files, exceptions=""):
    """Compile {"base/a.c": text} and run the lint: (exit code, output)."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
            folder, base = os.path.split(path)
            subprocess.run(["cc", "-c", path, "-o", os.path.join(
                folder, "libx_a-" + base[:-2] + ".o")], check=True)
        script = os.path.join(root, "circles.py")
        with open(LINT) as file:
            text = file.read()
        before, _, after = text.partition("EXCEPTIONS = {\n")
        with open(script, "w") as file:
            file.write(before + "EXCEPTIONS = {\n" + exceptions +
                       after[after.index("}"):])
        process = subprocess.run(
            [sys.executable, script, root], text=True,
            env=dict(os.environ, top_srcdir=root), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        return process.returncode, process.stdout


A_CALLS_B = {"base/a.c": "int b(void); int a(void) { return b(); }",
             "base/b.c": "int b(void) { return 1; }"}
CIRCLE = dict(A_CALLS_B, **{
    "base/b.c": "int a(void); int b(void) { return a(); }"})


class Circles(unittest.TestCase):
    def test_an_arrow_is_no_circle(self):
        code, said = lint(A_CALLS_B)
        self.assertEqual((code, said),
                         (0, "circles: none in 2 files, 0 exceptions\n"))

    def test_two_files_that_call_each_other_are_one(self):
        code, said = lint(CIRCLE)
        self.assertEqual(code, 1)
        self.assertIn("2 files call each other: base/a.c base/b.c", said)
        self.assertIn("base/a.c uses of base/b.c: b", said)

    def test_a_circle_over_folders_and_data_is_one(self):
        code, said = lint({
            "base/a.c": "extern int b; int *a(void) { return &b; }",
            "http/b.c": "int c(void); int b; int d(void) { return c(); }",
            "cli/c.c": "int *a(void); int c(void) { return *a(); }"})
        self.assertEqual(code, 1)
        self.assertIn("3 files call each other: base/a.c cli/c.c http/b.c",
                      said)

    def test_an_exception_is_allowed_while_it_is_a_circle(self):
        row = '    ("base/a.c", "base/b.c"): "a reason",\n'
        self.assertEqual(lint(CIRCLE, row),
                         (0, "circles: none in 2 files, 1 exceptions\n"))
        code, said = lint(A_CALLS_B, row)
        self.assertEqual(code, 1)
        self.assertIn("no circle any more: base/a.c base/b.c", said)

    def test_an_exception_of_four_files_is_none(self):
        names = "abcd"
        code, said = lint(
            {"base/%s.c" % name: "int %s(void); int %s(void) { return %s(); }"
             % (names[i - 3], name, names[i - 3])
             for i, name in enumerate(names)},
            '    ("base/a.c", "base/b.c", "base/c.c", "base/d.c"): "x",\n')
        self.assertEqual(code, 1)
        self.assertIn("4 files call each other", said)

    def test_a_build_that_is_not_there_is_told(self):
        process = subprocess.run([sys.executable, LINT, "/nowhere"],
                                 text=True, stderr=subprocess.PIPE)
        self.assertEqual(process.returncode, 1)
        self.assertIn("run make first", process.stderr)


if __name__ == "__main__":
    unittest.main()
