// Copyright (c) The terraform-provider-azureiot authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/azureiot/terraform-provider-azureiot/internal/generated"
)

// pictures are those of the guides, by file name.
var pictures = map[string]func(*drawing){
	"how-dps-decides":  howDPSDecides,
	"order-of-a-block": orderOfABlock,
	"access":           transitions,
}

func TestPictures_saysWhatIsSo(t *testing.T) {
	t.Parallel()
	for name, draw := range pictures {
		d := &drawing{t: t}
		draw(d)
		file := filepath.Join(root, ".github", "pictures", name+".svg")
		drawn, err := os.ReadFile(file)
		if err == nil && string(drawn) == d.svg() {
			continue
		}
		if !generated.Writing() {
			t.Errorf("%s is not as it is drawn: run make generate", file)
			continue
		}
		if err := os.WriteFile(file, []byte(d.svg()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// howDPSDecides draws the order in which DPS looks for what governs a device: questions on the left, what follows on
// the right.
func howDPSDecides(d *drawing) {
	d.title, d.height = "How DPS decides whether a device may come in", 470
	const left, middle, right, width = 20, 262, 492, 188
	device := place{left, 20, 200, 56}
	own := place{left, 120, 200, 76}
	ownGood := place{middle, 120, width + 2, 76}
	group := place{left, 260, 200, 76}
	groupGood := place{middle, 260, width, 76}
	d.box(plain, device, "A device registers", "with an ID and a credential")
	d.box(question, own, "Its own enrollment?", "individual, for its ID")
	d.box(question, ownGood, "Enabled, and it fits?", "the credential is its own")
	d.box(inside, place{right, 100, width, 46}, "It is let in")
	d.box(outside, place{right, 170, width, 64}, "It is refused", "no group is asked")
	d.box(question, group, "A group that covers it?", "the nearest one counts")
	d.box(question, groupGood, "Enabled?")
	d.box(inside, place{right, 250, width, 46}, "It is let in")
	d.box(outside, place{right, 310, width, 82}, "It is refused", "though an enabled group", "may stand above")
	d.box(outside, place{left, 396, 200, 46}, "It is refused")
	d.down(device, own, "")
	d.down(own, group, "no")
	d.arrowBetween(own, ownGood, "yes")
	d.arrowBetween(group, groupGood, "yes")
	d.down(group, place{left, 396, 200, 46}, "no")
	d.arrow(middle+width, 140, right, 128)
	d.label(middle+width+10, 124, "yes")
	d.arrow(middle+width, 176, right, 196)
	d.label(middle+width+10, 204, "no")
	d.arrow(middle+width, 284, right, 276)
	d.label(middle+width+10, 270, "yes")
	d.arrow(middle+width, 316, right, 342)
	d.label(middle+width+10, 350, "no")
}

// down draws an arrow from the bottom of one box to the top of another.
func (d *drawing) down(from, to place, word string) {
	x, y := from.bottom()
	_, end := to.top()
	d.arrow(x, y, x, end)
	d.label(x+8, (y+end)/2+5, word)
}

// arrowBetween draws an arrow from the right of one box to the left of another.
func (d *drawing) arrowBetween(from, to place, word string) {
	x, y := from.right()
	end, _ := to.left()
	d.arrow(x, y, end, y)
	d.label(x+8, y-6, word)
}

// orderOfABlock draws the steps of an apply, from the top, in the lane of whom each is about.
func orderOfABlock(d *drawing) {
	d.title, d.height = "The order of a block", 590
	const dps, hubs, width, height, gap = 20, 360, 320, 52, 16
	y := 50
	d.text("strong", "middle", dps+width/2, 32, "DPS")
	d.text("strong", "middle", hubs+width/2, 32, "IoT hubs")
	step := func(kind string, x, w int, lines ...string) {
		d.box(kind, place{x, y, w, height}, lines...)
		y += height + gap
	}
	both := hubs + width - dps
	step(plain, dps, both, "1. Look", "its enrollment, record and groups; its identities in every hub that is known")
	step(outside, dps, width, "2. Write its enrollment, disabled", "made so, or changed to it")
	step(plain, dps, width, "3. Read it back", "it has to say disabled")
	step(plain, dps, width, "4. Wait for what is under way", "until no assignment is in flight")
	step(plain, dps, both, "5. Look again", "the device may have moved before it was refused")
	step(outside, hubs, width, "6. Disable or delete identities", "in every hub in which it has one")
	step(plain, hubs, width, "7. Read them back", "each has to be disabled or absent")
	step(plain, dps, width, "8. Delete its record, if asked to", "last, since it says where the device is")
	d.label(hubs+12, 146, "From here on DPS refuses the device,", "whatever fails below.")
	d.label(hubs+12, 214, "The other way round, a device that its", "hub refuses would be let in elsewhere.")
	d.label(dps+12, 418, "Restoring goes from 6 to 2:", "hubs first, DPS last.")
}

// transitions draws the values of access, and what leads from one to another.
func transitions(d *drawing) {
	d.title, d.height = "What changes the access of a device", 450
	allowed := place{20, 40, 200, 64}
	blocked := place{480, 40, 200, 64}
	partial := place{250, 290, 200, 82}
	d.box(inside, allowed, "allowed", "DPS lets it in")
	d.box(outside, blocked, "blocked", "out, and known to be")
	d.box(doubtful, partial, "partially_blocked", "DPS refuses it,", "a hub may let it in")
	d.arrow(220, 60, 480, 60)
	d.text("small", "middle", 350, 50, "a block is applied")
	d.arrow(480, 90, 220, 90)
	d.text("small", "middle", 350, 110, "restored, by an update under review")
	d.text("small", "middle", 350, 130, "or somebody enables its enrollment: drift,")
	d.text("small", "middle", 350, 148, "which the next apply undoes")
	d.arrow(110, 104, 110, 330, 250, 330)
	d.label(120, 200, "a block is applied,", "and it is not known", "where the device is")
	d.arrow(450, 320, 560, 320, 560, 104)
	d.label(440, 200, "what the warning")
	d.label(440, 218, "says is settled")
	d.arrow(620, 104, 620, 350, 450, 350)
	d.label(470, 370, "an identity is enabled, or", "its hub cannot be read")
	d.text("small", "middle", 350, 426, "Destroying a block, or taking it out of the configuration, changes none of them.")
}
