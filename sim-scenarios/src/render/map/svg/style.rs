//! Colours and hatching of maps. Nothing is told by colour alone: every ending has a pattern.

/// The style sheet.
pub(super) const CSS: &str = "\
.sheet{--paper:#fff;--ink:#1b1f24;--dim:#667080;--seen:#d5ecd8;--seen-line:#7fb48a;\
--stopped:#f6c7c3;--stopped-line:#c4202f;--flush:#f9d8b4;--flush-line:#b8590a;\
--discard:#ead0ee;--discard-line:#8b2fa0;--reset:#d6d2f2;--reset-line:#4b3bb3;\
--rare:#e4dccf;--rare-line:#7a6a4f;--truncated:#fbe7a1;--truncated-line:#8a6a00;\
--stuck:#d9dee5;--stuck-line:#46505e;--unknown-line:#99a2ae}
@media (prefers-color-scheme:dark){.sheet{--paper:#14181d;--ink:#e8ebef;--dim:#9aa5b3;\
--seen:#1f4a2b;--seen-line:#4f8a5d;--stopped:#5a2328;--stopped-line:#ff7b7f;--flush:#573818;\
--flush-line:#ffb066;--discard:#45234d;--discard-line:#d48be6;--reset:#2c2a5c;\
--reset-line:#a49bf5;--rare:#3d362b;--rare-line:#c9b48c;--truncated:#4f4314;\
--truncated-line:#ffd667;--stuck:#2f3742;--stuck-line:#aab5c3;--unknown-line:#667080}}
.sheet text{font:11px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:var(--ink)}
.sheet text.h1{font:600 18px system-ui,'DejaVu Sans',sans-serif}
.sheet text.p{font:12.5px system-ui,'DejaVu Sans',sans-serif}
.sheet text.state{font-weight:700}
.sheet text.name{font:600 12.5px system-ui,'DejaVu Sans',sans-serif}
.sheet text.small,.sheet text.tick{font-size:10px;fill:var(--dim)}
.sheet text.mark,.sheet text.inside{font-weight:700;paint-order:stroke;stroke:var(--paper);\
stroke-width:3.5px;stroke-linejoin:round}
.sheet text.preset{font-size:9.5px;paint-order:stroke;stroke:var(--paper);stroke-width:3px}
.sheet .paper{fill:var(--paper)}
.frame{fill:none;stroke:var(--ink);stroke-width:1.2}
.notch{stroke:var(--dim);stroke-width:1}
.rim{stroke:var(--ink);stroke-width:1.6;fill:none}
.preset-line{stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3}
.pin{fill:var(--ink)}
.ring{fill:var(--paper);stroke:var(--dim);stroke-width:1.4}
.part-seen{stroke:var(--seen)}\
.part-lost-stopped{stroke:var(--stopped)}\
.part-lost-flush{stroke:var(--flush)}\
.part-lost-discard{stroke:var(--discard)}\
.part-lost-reset{stroke:var(--reset)}\
.part-truncated{stroke:var(--truncated)}\
.part-stuck{stroke:var(--stuck)}\
.part-lost-unwritten,.part-lost-rare{stroke:var(--rare)}
.sheet polygon{stroke-width:.6}
.back-seen{fill:var(--seen)}.line-seen{stroke:var(--seen-line)}
.back-lost-stopped{fill:var(--stopped)}.line-lost-stopped{stroke:var(--stopped-line)}
.back-lost-flush{fill:var(--flush)}.line-lost-flush{stroke:var(--flush-line)}
.back-lost-discard{fill:var(--discard)}.line-lost-discard{stroke:var(--discard-line)}
.back-lost-reset{fill:var(--reset)}.line-lost-reset{stroke:var(--reset-line)}
.back-lost-unwritten,.back-lost-rare{fill:var(--rare)}
.line-lost-unwritten,.line-lost-rare{stroke:var(--rare-line)}
.back-truncated{fill:var(--truncated)}.line-truncated{stroke:var(--truncated-line)}
.back-stuck{fill:var(--stuck)}.line-stuck{stroke:var(--stuck-line)}
.back-unknown{fill:var(--paper)}.line-unknown{stroke:var(--unknown-line)}
.line-seen,.line-lost-stopped,.line-lost-flush,.line-lost-discard,.line-lost-reset,\
.line-lost-unwritten,.line-lost-rare,.line-truncated,.line-stuck,.line-unknown\
{fill:none;stroke-width:1.1}
";

/// Each class with the strokes of its tile (8 by 8).
const HATCHES: [(&str, &str); 10] = [
    ("seen", ""),
    ("lost-stopped", "M0 8L8 0M-2 2L2 -2M6 10L10 6"),
    ("lost-flush", "M0 0L8 8M-2 6L2 10M6 -2L10 2"),
    ("lost-discard", "M0 8L8 0M0 0L8 8"),
    ("lost-reset", "M0 2H8M0 6H8"),
    ("lost-unwritten", "M2 0V8M6 0V8"),
    ("lost-rare", "M2 0V8M0 4H8"),
    ("truncated", "M0 4Q2 1 4 4T8 4"),
    ("stuck", "M4 0V8M0 4H8"),
    ("unknown", "M4 3.5V4.5"),
];

/// The patterns.
pub(super) fn hatches() -> String {
    let one = |(class, strokes): (&str, &str)| {
        format!(
            "<pattern id=\"hatch-{class}\" width=\"8\" height=\"8\" \
             patternUnits=\"userSpaceOnUse\"><rect class=\"back-{class}\" width=\"8\" \
             height=\"8\"/><path class=\"line-{class}\" d=\"{strokes}\"/></pattern>\n"
        )
    };
    HATCHES.map(one).concat()
}
