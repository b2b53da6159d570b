# Adds up gcov's "File 'base/buf.c'" and "Lines executed:85.19% of 81" by
# folder, the folders of the house alone.
/^File '/ {
	split($2, part, /['\/]/)
	folder = part[2] != "" && part[2] != "usr" ? part[2] : ""
	next
}
/^Lines executed:/ && folder != "" {
	percent = $2
	sub(/^executed:/, "", percent)
	ran[folder] += percent * $4 / 100
	lines[folder] += $4
	folder = ""
}
END {
	for (folder in lines) {
		printf "%-12s %5.1f%% of %d lines\n", folder,
			100 * ran[folder] / lines[folder], lines[folder] |
			"sort"
		all_ran += ran[folder]
		all += lines[folder]
	}
	close("sort")
	if (all == 0) {
		print "coverage: no counters; configure with --enable-coverage"
		exit 1
	}
	printf "coverage: %.1f%% of %d lines\n", 100 * all_ran / all, all
}
