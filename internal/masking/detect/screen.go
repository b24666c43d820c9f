package detect

// counterBits is how wide the counters are that a text's bytes add to.
const (
	counterBits = 7
	counterMask = 1<<counterBits - 1
)

// The counters' places in a number. They all fit into one, so that a byte costs
// one addition.
const (
	digitCount = counterBits * iota
	dotCount
	colonCount
	dashCount
	markCount
	equalsCount
	quoteCount
	spaceCount
	breakCount // bytes that are no part of a token; the highest, for breaks
)

// screenBlock is how many bytes counters can take with eight zeros behind them: a
// multiple of eight.
const screenBlock = (counterMask - 8) &^ 7

var screenTable = func() (t [256]uint64) {
	for b := range 256 {
		if is(byte(b), digit) {
			t[b] = 1 << digitCount
		}
		if !is(byte(b), tokenByte) {
			t[b] = 1 << breakCount
		}
	}
	for b, counter := range map[byte]int{
		'.': dotCount, ':': colonCount, '-': dashCount, '@': markCount, '%': markCount, '+': markCount,
		'=': equalsCount, '"': quoteCount, '\'': quoteCount, ' ': spaceCount,
	} {
		t[b] |= 1 << counter
	}
	return t
}()

// shape is what the screen learns of a text from reading each byte once. It is
// small, to stay in registers.
type shape struct {
	// counts are the counters. Those of a text longer than a block stop at capped.
	counts uint64
	// words has a bit for each four bytes in a row, the last ones lowest: whether
	// tokens have bytes like all of them.
	words uint64
}

// screenByCounts is Screen where there is no prefilter, for the built-in detectors and
// texts of minText bytes or more.
func screenByCounts(s string, want Set, hints Hints) Set {
	var sh shape
	if len(s) <= screenBlock {
		sh = lookBlock(s, 0)
	} else {
		sh = look(s)
	}
	possible := sh.possible(len(s))
	if hints != 0 {
		possible |= hinted(hints, sh.count(digitCount))
	}
	possible &= want
	if possible.hasAny(setTokens) && !hasToken(s) {
		possible &^= setTokens
	}
	if possible&setConfirmed != 0 {
		possible = confirm(s, possible, hints)
	}
	return possible
}

// count returns one of the counters.
func (sh shape) count(place int) int { return int(sh.counts >> place & counterMask) }

// any reports whether a counter is not zero.
func (sh shape) any(place int) bool { return sh.counts&(counterMask<<place) != 0 }

// hasLongWord reports whether there may be minRun bytes in a row that tokens
// have. So many hold four times four from a multiple of four on.
func (sh shape) hasLongWord() bool {
	return sh.words&(sh.words>>1)&(sh.words>>2)&(sh.words>>3) != 0
}

// look reads every byte of s, which has one or more.
func look(s string) shape {
	if len(s) <= screenBlock {
		return lookBlock(s, 0)
	}
	var all, block shape
	longWord := false
	for len(s) > 0 {
		n := min(len(s), screenBlock)
		block = lookBlock(s[:n], block.words>>1) // a word goes on in the next block
		s = s[n:]
		all.counts = capCounts(all.counts + capCounts(block.counts))
		longWord = longWord || block.hasLongWord()
	}
	if longWord {
		all.words = ^uint64(0)
	}
	return all
}

// capCounts lets no counter be above capped, so that two fit into one.
func capCounts(counts uint64) uint64 {
	over := counts & counterTops
	return counts&^counterTops | (over - over>>(counterBits-1))
}

// counterTops are the highest bits of all counters.
const (
	capped      = 1<<(counterBits-1) - 1
	counterTops = (1<<63 - 1) / counterMask * (capped + 1)
)

// lookBlock reads every byte of s, which has one or more and at most screenBlock.
// words is that of the bytes before, and goes on.
//
// The last bytes are read as eight, too, with zeros above them, which are part
// of no token. How many they are differs from text to text: a loop over them
// would cost more than it saves, each time the processor guesses its end wrong.
func lookBlock(s string, words uint64) shape {
	// Two chains of additions keep the processor busier than one.
	var counts, counts2, x uint64
	n := len(s)
	i := 0
	for ; i <= len(s)-8; i += 8 {
		eight := s[i : i+8]
		a := screenTable[eight[0]] + screenTable[eight[1]] + (screenTable[eight[2]] + screenTable[eight[3]])
		b := screenTable[eight[4]] + screenTable[eight[5]] + (screenTable[eight[6]] + screenTable[eight[7]])
		counts += a
		counts2 += b
		words = words<<2 | unbroken(a)<<1 | unbroken(b)
	}
	switch {
	case i > 0:
		x = load64(s[n-8:]) >> (8 * (i + 8 - n))
	case n >= 4: // two halves that overlap
		x = uint64(load32(s)) | uint64(load32(s[n-4:]))<<(8*(n-4))
	default:
		x = uint64(s[0]) | uint64(s[n/2])<<(8*(n/2)) | uint64(s[n-1])<<(8*(n-1))
	}
	a := screenTable[byte(x)] + screenTable[byte(x>>8)] + (screenTable[byte(x>>16)] + screenTable[byte(x>>24)])
	b := screenTable[byte(x>>32)] + screenTable[byte(x>>40)] + (screenTable[byte(x>>48)] + screenTable[byte(x>>56)])
	return shape{counts + counts2 + (a + b), words<<1 | unbroken(a)}
}

// unbroken returns 1 if the counter of breaks is zero, and 0 otherwise.
func unbroken(sum uint64) uint64 { return (sum - 1<<breakCount) >> 63 }

func load32(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
