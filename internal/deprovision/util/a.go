package util

import "time"

var X = time.Now
