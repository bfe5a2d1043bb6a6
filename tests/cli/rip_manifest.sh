#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manifest beside an image, and the page made of it: every field, history, stops, files that are in the way.
# shellcheck source=tests/support/functions.sh
. "${srcdir:-.}/tests/support/functions.sh"
requires_vdrive
requires jq xmllint
make_iso disc.iso 12 'A & "B" <C>'
sectors=$(($(stat -c %s disc.iso) / 2048))

# What doc/manifest.md says of each member, for any manifest.
cat >schema.jq <<'EOS'
def number: type == "number";
def count: number and . >= 0 and . == floor;
def text: type == "string" and length > 0;
def maybe(f): . == null or f;
def when: text and test("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$");
def hex(n): text and test("^[0-9a-f]+$") and length == n;
def flag: type == "boolean";
def members(list): keys == (list | sort);
def tally: (.reads | count) and (.errors | count) and (.sectors | count) and (.read_seconds >= 0) and (.error_seconds >= 0);
def tally_names: ["reads", "errors", "sectors", "read_seconds", "error_seconds"];
def counts: members(["all", "good", "bad", "failed", "untried"]) and all(.[]; count) and
	.good + .bad + .failed + .untried <= .all;
def pass: members(["name", "how", "where", "start", "seconds", "rounds", "left"] + tally_names) and tally and
	(.name | IN("sweep", "backwards", "again", "copies", "divide", "retry", "scrape", "hash")) and (.how | maybe(text)) and
	(.where | maybe(IN("folders", "files"))) and .start >= 0 and .seconds >= 0 and (.rounds | count) and (.left | count);
def zone: members(["lba", "speed_kbps"] + tally_names) and tally and (.lba | number) and (.speed_kbps | maybe(count));
def run: members(["version", "command", "start", "end", "seconds", "drive_seconds", "drive", "resumed", "outcome", "error",
		"speed_kbps", "sectors", "passes", "zone_sectors", "zones", "slot_seconds", "times", "messages",
		"messages_left_out"]) and
	(.version | text) and .command[0:2] == ["discern", "rip"] and (.start | when) and (.end | when) and .end >= .start and
	.seconds >= 0 and .drive_seconds >= 0 and (.drive | members(["path", "vendor", "product", "firmware", "serial"])) and
	(.resumed | flag) and (.outcome | IN("complete", "bad", "limit", "stopped", "failed")) and (.error | maybe(text)) and
	(.speed_kbps | count) and (.sectors | counts) and all(.passes[]; pass) and (.zone_sectors | count) and
	(.zones | length) <= 1000 and all(.zones[]; zone) and .slot_seconds > 0 and (.times | length) <= 256 and
	all(.times[]; members(["start"] + tally_names) and tally and .start >= 0) and
	all(.messages[]; members(["time", "level", "text"]) and (.level | IN("detail", "note", "warning")) and (.text | text)) and
	(.messages_left_out | count);
def disc: members(["identity", "label", "kind", "profile", "state", "media_id", "manufacturer", "protection",
		"read_capacity_sectors", "structure_sectors", "capacity_sectors", "sessions", "tracks"]) and (.identity | text) and
	(.label | maybe(text)) and (.kind | text) and (.profile | count) and (.state | text) and
	(.read_capacity_sectors | maybe(count)) and
	all(.tracks[]; members(["number", "session", "data", "blank", "lba", "sectors"]) and (.data | flag) and (.sectors | count));
members(["discern_manifest", "image", "state", "image_bytes", "sector_bytes", "first_lba", "hashes", "disc", "size_decision",
	"sectors", "bad_by_design", "bad_ranges", "doubtful_ranges", "files", "unread_folders", "damaged_files", "runs"]) and
.discern_manifest == 1 and (.image | text) and (.state | IN("complete", "bad", "unfinished")) and .sector_bytes == 2048 and
.image_bytes == .sectors.all * 2048 and (.first_lba | number) and
(.hashes | members(["sha256", "sha1", "md5", "crc32"]) and (.sha256 | maybe(hex(64))) and (.sha1 | maybe(hex(40))) and
	(.md5 | maybe(hex(32))) and (.crc32 | maybe(hex(8)))) and
(.state == "complete") == (.hashes.sha256 != null) and
(.disc | disc) and
(.size_decision | members(["reason", "left_out", "run_out_sectors", "candidates"]) and
	all(.candidates[]; members(["source", "sectors", "chosen"])) and any(.candidates[]; .chosen)) and
(.sectors | counts) and (.bad_by_design | flag) and
all(.bad_ranges[]; members(["lba", "sectors", "state"]) and (.state | IN("bad", "failed", "untried")) and .sectors > 0) and
all(.doubtful_ranges[]; members(["lba", "sectors"]) and .sectors > 0) and
all(.damaged_files[]; members(["path", "folder", "bytes", "bad_sectors"]) and (.path | text) and .bad_sectors > 0) and
(.runs | length) > 0 and all(.runs[]; run) and
([.bad_ranges[].sectors] | add // 0) == .sectors.bad + .sectors.failed + .sectors.untried
EOS

# manifest WHAT FILE: it is as documented
manifest() {
	ok "$1: the manifest is as documented" jq -e -f schema.jq "$2"
	documented "$1" "$2"
}

# fact WHAT EXPRESSION EXPECTED: of out.iso.json
fact() {
	equal "$1" "$(jq -r "$2" out.iso.json)" "$3"
}

# page WHAT FILE: it is whole, and needs nothing from elsewhere
page() {
	ok "$1: the page is well-formed" xmllint --noout "$2"
	equal "$1: it needs nothing from elsewhere" \
		"$(grep -oE '<(script|link|img|iframe|object)|https?://[^"]*|@import|url\(' "$2" | grep -v 'www.w3.org/1999/xhtml')" ""
	contains "$1: it fits a phone" "$2" 'name="viewport" content="width=device-width'
	contains "$1: it knows dark mode" "$2" "prefers-color-scheme:dark"
}

# rip RULES ARGUMENT…: of disc.iso as a DVD, with faults one a line in a file
rip() {
	rules=$1
	shift
	run "$discern" vdrive run --virtual-clock --drive sr0=disc.iso,kind=dvd-rom --faults "$rules" -- "$discern" rip -o out.iso "$@"
}
: >none
echo 'sr0: read lba=700-703 sense=3/11/05' >four
printf 'sr0: read lba=700-703 sense=3/11/05\nsr0: read lba=2000 count=4 sense=3/11/05\n' >five

# ---- a good disc ----

rip none --report page.html
equal "a good disc" "$code" 0
printed "its name is told" "out.iso.json"
manifest "good" out.iso.json
for sum in sha256 sha1 md5; do
	fact "the manifest has the image's $sum" .hashes.$sum "$(${sum}sum <out.iso | cut -d ' ' -f 1)"
done
fact "and its CRC-32" .hashes.crc32 "$(gzip -c out.iso | tail -c 8 | head -c 4 | od -An -tx4 | tr -d ' ')"
fact "the state" .state complete
fact "the label" .disc.label 'A & "B" <C>'
fact "the kind of disc" .disc.kind DVD-ROM
fact "the tracks" '.disc.tracks[0].sectors' "$sectors"
fact "the drive" '.runs[0].drive | "\(.vendor) \(.product) \(.path)"' "DISCERN VIRTUAL DRIVE /dev/sr0"
fact "its firmware" '.runs[0].drive.firmware | length > 0' true
fact "the command line" '.runs[0].command | join(" ")' "discern rip -o out.iso --report page.html"
fact "the version" '.runs[0].version' "$("$discern" --version | cut -d ' ' -f 2)"
fact "all is delivered once, by the passes" '[.runs[].passes[].sectors] | add' "$sectors"
fact "all is delivered once, by the zones" '[.runs[].zones[].sectors] | add' "$sectors"
fact "all is delivered once, by the times" '[.runs[].times[].sectors] | add' "$sectors"
fact "no read failed" '[.runs[].zones[].errors] | add' 0
fact "each zone has its speed" 'all(.runs[].zones[]; .speed_kbps > 0)' true
fact "a disc gets faster to the outside" '.runs[0].zones | (.[-1].speed_kbps > .[10].speed_kbps)' true
fact "the time is the drive's" '.runs[0].drive_seconds > 0.5' true
fact "reasons are kept without -v" 'any(.runs[0].messages[]; .text | test("READ CAPACITY"))' true
page "good" page.html
ok "the page has a map of the disc: a spiral" grep -q '<polyline class="arc good" points="[-0-9., ]*">' page.html
contains "the page names the disc" page.html 'A &amp; &quot;B&quot; &lt;C&gt;'
contains "the page has the SHA-256" page.html "$(sha256sum <disc.iso | cut -d ' ' -f 1)"
contains "the page has the verdict" page.html "Every sector was read."
ok "a page made later" "$discern" report out.iso.json
same "is the same" out.iso.html page.html
ok "also on standard output" "$discern" report -o - out.iso.json
mv out printed.html
same "the same again" printed.html page.html

# ---- bad sectors, and a job that goes on ----

rm -f out.iso out.iso.json
rip five --report page.html
equal "bad sectors" "$code" 3
manifest "bad" out.iso.json
fact "the state is bad" .state bad
fact "what is bad" '[.bad_ranges[] | [.lba, .sectors, .state]] | tostring' '[[700,4,"bad"]]'
fact "what is doubtful" 'any(.doubtful_ranges[]; .lba <= 2000 and .lba + .sectors > 2000)' true
fact "a damaged file" '.damaged_files | map(.path) | join(" ")' /noise.bin
fact "how much of it" '.damaged_files[0].bad_sectors' 4
fact "ways of trying are told" '[.runs[0].passes[].name] | contains(["sweep", "retry"])' true
fact "and what each brought" '[.runs[0].passes[].sectors] | add' $((sectors - 4))
fact "reads that failed lie where the damage is" \
	'[.runs[0].zones[] | select(.errors > 0 and (.lba < 690 or .lba > 2020))] | length' 0
page "bad" page.html
contains "the page tells how much is missing" page.html "4 of $sectors sectors could not be read"
contains "the page names the file" page.html "/noise.bin"
contains "the page has the place" page.html '<td class="n">700</td><td class="n">703</td>'
rip none
equal "the disc was cleaned" "$code" 0
manifest "resumed" out.iso.json
fact "two runs" '[.runs[].outcome] | join(" ")' "bad complete"
fact "the second went on" '[.runs[].resumed] | tostring' '[false,true]'
fact "both together delivered each sector once" '[.runs[].passes[].sectors] | add' "$sectors"
fact "nothing is missing" '.bad_ranges | length' 0
fact "what was doubtful stays so" 'any(.doubtful_ranges[]; .lba <= 2000 and .lba + .sectors > 2000)' true
fact "so is what came back now" 'any(.doubtful_ranges[]; .lba <= 700 and .lba + .sectors >= 704)' true
fact "the hash is that of the disc" .hashes.sha256 "$(sha256sum <disc.iso | cut -d ' ' -f 1)"
ok "the page of two runs" "$discern" report -o page.html out.iso.json
page "two runs" page.html
contains "has both" page.html '<section id="run2">'

# ---- stops ----

rm -f out.iso out.iso.json
echo 'sr0: ring lba=2000-3999 severity=1 dead=1 seed=1' >ring
rip ring --max-time 2m --report page.html
equal "a stop by limit" "$code" 8
reason=$(sed -nE 's/^discern: rip: (.*)/\1/p' err)
manifest "limit" out.iso.json
fact "it is named as it will be" .image out.iso
fact "the state is unfinished" .state unfinished
fact "the outcome tells why" '.runs[0] | .outcome, .error' "limit
$reason"
fact "what is missing is told" '.sectors | .good + .bad + .failed + .untried' "$sectors"
fact "with places" 'any(.bad_ranges[]; .state != "bad")' true
page "limit" page.html
contains "the page says that it is not finished" page.html "Not finished:"
rip none --report page.html
equal "it goes on" "$code" 0
manifest "after the limit" out.iso.json
fact "its history is there" '[.runs[].outcome] | join(" ")' "limit complete"

rm -f out.iso out.iso.json
cat >interrupt.sh <<'EOS'
"$discern" rip -q -o out.iso sr0 &
while [ ! -e out.iso.map ]; do sleep 0.05; done
sleep 0.5
kill -TERM $!
wait $!
EOS
export discern
exits 143 "stopped by a signal" "$discern" vdrive run --drive sr0=disc.iso --fault 'sr0: read lba=300-6000 delay=100' -- sh interrupt.sh
manifest "signal" out.iso.json
fact "the outcome is a stop" '.runs[0].outcome' stopped
ok "it is read to its end" with_drive disc.iso "$discern" rip -o out.iso
fact "the state is complete then" .state complete
rm -f out.iso out.iso.json
exits 5 "a disc that is gone before anything is read" "$discern" vdrive run --drive sr0=disc.iso \
	--fault 'sr0: read lba=25 sense=2/3a/00' -- "$discern" rip -o out.iso
absent "nothing is left" out.iso.json out.iso.part out.iso.map

# ---- what is in the way ----

echo '{"mine": true}' >out.iso.json
cp out.iso.json mine
rip none
equal "a file that is no manifest stops it" "$code" 1
complained "it is named" "out.iso.json: no manifest of discern's making"
complained "the remedy is named" "no-manifest"
same "it is as it was" out.iso.json mine
absent "and nothing was read" out.iso out.iso.part out.iso.map
echo '{"discern_manifest": 2}' >out.iso.json
rip none
equal "so does one of a later version" "$code" 1
mkdir folder && mv out.iso.json folder && mkdir out.iso.json
rip none
equal "so does a folder" "$code" 1
rmdir out.iso.json
rip four --no-manifest
cp mine out.iso.json
rip none
equal "so does one in the way of a job that goes on" "$code" 1
ok "which keeps its map" test -e out.iso.map
rm -f out.iso out.iso.map
rip none --no-manifest
equal "--no-manifest goes past it" "$code" 0
same "and leaves it alone" out.iso.json mine
cp mine page.html
rip none --report page.html
equal "a report never overwrites either" "$code" 1
complained "and says so" "page.html: exists"
same "page.html is as it was" page.html mine
rm -f out.iso out.iso.json page.html

ok "named by the label, with a file in the way" sh -c 'cp mine "A & \"B\" <C>.iso.json"'
ok "another name is taken" with_drive disc.iso "$discern" rip -q
ok "by image and manifest" test -e "A & \"B\" <C>-2.iso.json"
same "the file is as it was" "A & \"B\" <C>.iso.json" mine

# ---- an image that is not there any more ----

rip none
rm out.iso
rip none
fact "the same disc again: its history goes on" '[.runs[].outcome] | join(" ")' "complete complete"
rm out.iso
make_iso other.iso 2 OTHER
run with_drive other.iso "$discern" rip -o out.iso
equal "another disc" "$code" 0
complained "what was there is kept" "out.iso.json.~1~"
fact "the manifest is the new disc's" '.disc.label' OTHER
equal "the other one is the old disc's" "$(jq '.runs | length' out.iso.json.~1~)" 2

# ---- discern report ----

exits 1 "a report of nothing" "$discern" report nothing.json
exits 1 "a report of something else" "$discern" report mine
exits 2 "a report without a manifest" "$discern" report
exits 1 "a report over something else" "$discern" report -o mine out.iso.json
echo '{"discern_manifest": 1, "runs": [5, {"zones": [{"lba": -9e18}], "passes": 3}], "bad_ranges": [{"lba": "x"}]}' >odd.json
ok "a manifest of odd things harms nobody" "$discern" report -o odd.html odd.json
ok "its page is well-formed" xmllint --noout odd.html

# ---- a disc that is to be proven without its image ----

rm -f out.iso out.iso.json
rip none
rm out.iso
ok "a disc is what the manifest says" with_drive disc.iso "$discern" verify --manifest out.iso.json sr0
printed "the verdict" "verdict  equal: every one of $sectors sectors is the same"
ok "also as JSON" with_drive disc.iso "$discern" verify --json --manifest=out.iso.json
equal "with the digest" "$(jq -r '.disc_sha256, .verdict, .equal_sectors' out | tr '\n' ' ')" \
	"$(sha256sum <disc.iso | cut -d ' ' -f 1) equal $sectors "
cp disc.iso changed.iso
printf differs! | dd of=changed.iso bs=1 seek=5000000 conv=notrunc 2>/dev/null
exits 4 "one changed byte is found" with_drive changed.iso "$discern" verify --manifest out.iso.json
printed "and told" "differs: the SHA-256 is another one"
exits 4 "a shorter disc is found" with_drive other.iso "$discern" verify --manifest out.iso.json
printed "and told as such" "short: the disc ends"
exits 3 "an unreadable sector proves nothing" "$discern" vdrive run --drive sr0=disc.iso --fault 'sr0: read lba=900 sense=3/11/05' \
	-- "$discern" verify --manifest out.iso.json
printed "and no more is claimed" "only the image could tell"
rm -f out.iso out.iso.json out.iso.map
rip none --sums=md5,crc32
fact "only these sums" '.hashes | [.sha256, .sha1, (.md5 | length), (.crc32 | length)] | map(tostring) | join(" ")' "null null 32 8"
fact "it is complete nevertheless" .state complete
rm -f out.iso out.iso.json
rip none --sums=none --json
equal "no sums at all" "$code" 0
fact "are in the manifest" '.hashes | map(select(. != null)) | length' 0
cmp -s disc.iso out.iso
equal "but the image is" $? 0
exits 2 "sums that there are not" "$discern" rip --sums=sha256,none sr0
exits 2 "an empty list of them" "$discern" rip --sums= sr0
exits 2 "watching verifies by SHA-256" "$discern" rip --watch --sums=md5 -o .
rm -f out.iso out.iso.json
rip four
exits 1 "a manifest without SHA-256 proves nothing" with_drive disc.iso "$discern" verify --manifest out.iso.json
complained "and it says so" "no SHA-256"
exits 1 "an image is no manifest" with_drive disc.iso "$discern" verify --manifest disc.iso
exits 2 "two drives" "$discern" verify --manifest out.iso.json sr0 sr1

# ---- who made a recordable disc ----

rm -f out.iso out.iso.json
ok "a blank DVD+R" "$discern" vdrive create dvdr.disc --media dvd+r
ok "burned" with_drive dvdr.disc "$discern" burn --yes --no-verify other.iso
ok "ripped" with_drive dvdr.disc "$discern" rip -o out.iso
manifest "DVD+R" out.iso.json
fact "its maker is told" '.disc.media_id != null' true
fact "its kind is told" '.disc.kind' DVD+R
