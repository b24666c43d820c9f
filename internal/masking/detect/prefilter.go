package detect

const (
	// window is how many bytes of a text prefilter looks at together: as many as a
	// mask has bits.
	window = 64
	// stride is how far windows of longer texts are apart. They overlap by so much
	// that one of them holds the whole of each pattern that is asked for: the
	// longest are minRun bytes.
	stride = window - minRun
)

// setMore are the detectors that prefilterMore is for, setPrefiltered all that are
// prefiltered.
const (
	setMore        = setSSN | setPEM | setAWSSecret | setIPv6 | setMAC | setAssigned | setJSON | setNational
	setPrefiltered = setIBAN | setCard | setTokens | setIPv4 | setAuth | setMarked | setMore
)

// CleanTells reports whether Clean can tell that a text holds nothing of want, and
// whether CleanMore must agree.
func CleanTells(want Set) (can, more bool) {
	return havePrefilter && want&^setPrefiltered == 0, want&setMore != 0
}

// Clean reports whether s surely holds nothing of want, as far as CleanMore is not
// needed to tell. It takes a few nanoseconds and knows no hints.
func Clean(s string, want Set) bool { return len(s) < minText || prefilter(s)&want == 0 }

// CleanMore is Clean for the detectors that Clean does not look for.
func CleanMore(s string, want Set) bool { return len(s) < minText || prefilterMore(s)&want == 0 }

// screenByMasks is Screen where there is a prefilter, for the built-in detectors and
// texts of minText bytes or more.
func screenByMasks(s string, want Set, hints Hints) Set {
	// Queries have literals, and users' keys of paths are few.
	possible := prefilter(s) | setSQLLiteral | setPath
	if want&setMore != 0 {
		possible |= prefilterMore(s)
	}
	if hints&(HintPhone|HintSSN) != 0 {
		possible |= hinted(hints, countDigits(s))
	}
	if possible &= want; possible&setConfirmed != 0 {
		possible = confirm(s, possible, hints)
	}
	return possible
}
