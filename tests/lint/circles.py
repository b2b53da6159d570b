"""No circles of source files: two files that call each other are one file,
or a third one is missing between them.

An arrow goes from the file whose object uses a symbol to the file whose
object defines it, as nm(1) lists them. Files that reach each other by arrows
are a circle. Every circle is a break unless EXCEPTIONS names it with a
reason; an exception of more than three files, and one that is no circle any
more, is a break, too.

	circles.py [BUILD_DIRECTORY]

Prints each break with the symbols that close the circle; exits 1 when there
is one. Needs a finished build."""
import os
import subprocess
import sys

HOUSE = ("base http ratelimit scopes oauth model store connector derive "
         "reports run imports app platform server simulate sandbox cli"
         ).split()
FILES_MAX = 3

# Files of a circle that may stay -> why.
EXCEPTIONS = {
}


def source_of(path, folder, root):
    """FOLDER/lib_a-name.o -> FOLDER/name.c, whatever target it is built for;
    None for an object that no file of the folder made."""
    name = os.path.basename(path)[:-len(".o")]
    while True:
        source = "%s/%s.c" % (folder, name)
        if os.path.exists(os.path.join(root, source)):
            return source
        if "-" not in name:
            return None
        name = name.split("-", 1)[1]


def symbols(objects):
    """{source: (defined, used)} as sets of names."""
    result = {}
    for source, path in objects:
        defined, used = result.setdefault(source, (set(), set()))
        listing = subprocess.run(["nm", "-P", path], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        for line in listing.splitlines():
            name, kind = line.split()[:2]
            if kind == "U":
                used.add(name)
            elif kind in "TDBRC":
                defined.add(name)
    return result


def arrows(table):
    """{source: {source: names that it uses there}}"""
    home = {name: source for source, (defined, _) in sorted(table.items())
            for name in defined}
    result = {source: {} for source in table}
    for source, (_, used) in table.items():
        for name in used:
            to = home.get(name)
            if to and to != source:
                result[source].setdefault(to, set()).add(name)
    return result


def circles(graph):
    """Strongly connected files, each circle sorted (Tarjan, without
    recursion)."""
    index, low, stack, on_stack, result = {}, {}, [], set(), []
    for root in sorted(graph):
        work = [(root, iter(sorted(graph[root])))] if root not in index else []
        while work:
            node, edges = work[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            for to in edges:
                if to not in index:
                    work.append((to, iter(sorted(graph[to]))))
                    break
                if to in on_stack:
                    low[node] = min(low[node], low[to])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == index[node]:
                    circle = []
                    while not circle or circle[-1] != node:
                        circle.append(stack.pop())
                        on_stack.discard(circle[-1])
                    if len(circle) > 1:
                        result.append(tuple(sorted(circle)))
    return sorted(result)


def objects_below(build, root):
    for folder in HOUSE:
        place = os.path.join(build, folder)
        if not os.path.isdir(place):
            continue
        for name in sorted(os.listdir(place)):
            if not name.endswith(".o") or name.startswith("bench_"):
                continue
            source = source_of(name, folder, root)
            if source:
                yield source, os.path.join(place, name)


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else os.environ.get(
        "top_builddir", ".")
    root = os.environ.get("top_srcdir", ".")
    table = symbols(objects_below(build, root))
    if not table:
        sys.exit("circles: no object files below %s; run make first" % build)
    graph = arrows(table)
    found = circles(graph)
    broken = False
    for circle in found:
        if circle in EXCEPTIONS and len(circle) <= FILES_MAX:
            continue
        broken = True
        print("circles: %d files call each other: %s"
              % (len(circle), " ".join(circle)))
        for source in circle:
            for to in sorted(graph[source]):
                if to in circle:
                    print("\t%s uses of %s: %s" % (
                        source, to, " ".join(sorted(graph[source][to]))))
    for circle in EXCEPTIONS:
        if circle not in found:
            broken = True
            print("circles: an exception that is no circle any more: %s"
                  % " ".join(circle))
    if not broken:
        print("circles: none in %d files, %d exceptions"
              % (len(table), len(EXCEPTIONS)))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
