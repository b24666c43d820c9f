//go:build !purego

#include "textflag.h"

// func prefilter(s string) Set
TEXT ·prefilter(SB), NOSPLIT, $0-24
	CMPB ·haveAVX512(SB), $0
	JEQ  avx2
	JMP  ·prefilter512(SB)

avx2:
	JMP ·prefilter2(SB)

// func prefilterMore(s string) Set
TEXT ·prefilterMore(SB), NOSPLIT, $0-24
	CMPB ·haveAVX512(SB), $0
	JEQ  avx2
	JMP  ·prefilterMore512(SB)

avx2:
	JMP ·prefilterMore2(SB)
