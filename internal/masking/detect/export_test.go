package detect

// ScreenByCounts is Screen as it is without prefilter, for texts of four bytes or
// more and built-in detectors.
var ScreenByCounts = screenByCounts

// MinText is the length of the shortest text that ScreenByCounts takes.
const MinText = minText
