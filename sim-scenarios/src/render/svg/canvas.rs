//! Writing SVG elements. Text is escaped here and nowhere else.

use super::scale::Tenths;
use std::fmt::Write;

/// Elements written so far.
#[derive(Clone, Debug, Default)]
pub(in crate::render) struct Canvas {
    /// As XML.
    pub body: String,
}

/// Where a text is anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Anchor {
    /// It begins here.
    Start,
    /// Its middle is here.
    Middle,
    /// It ends here.
    End,
}

/// How a text is turned: a vector along its base line, as thousandths of its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) struct Slant {
    /// To the right.
    pub x: i64,
    /// Downwards.
    pub y: i64,
}

impl Slant {
    /// Not turned.
    pub(in crate::render) const LEVEL: Slant = Slant { x: 1000, y: 0 };
    /// Bottom to top.
    pub(in crate::render) const UPWARDS: Slant = Slant { x: 0, y: -1000 };
}

/// A point.
pub(in crate::render) type Point = (Tenths, Tenths);

/// Tenths of a pixel as SVG writes them.
pub(in crate::render) fn px(tenths: Tenths) -> String {
    decimal(tenths, 10)
}

/// A whole number over a power of ten, without zeros at the end.
fn decimal(n: i64, of: u64) -> String {
    let (whole, part) = (n.unsigned_abs() / of, n.unsigned_abs() % of);
    let sign = if n < 0 { "-" } else { "" };
    let digits = of.ilog10() as usize;
    let part = format!("{part:0digits$}");
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// Text as XML allows it, in elements and in attributes.
pub(in crate::render) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not allowed in XML 1.0 in any form.
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push_str("&#65533;"),
            '\u{fffe}' | '\u{ffff}' => out.push_str("&#65533;"),
            c if c.is_ascii() => out.push(c),
            // Whatever encoding the page around it claims to have.
            c => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
        }
    }
    out
}

// Writing to a string cannot fail.
impl Canvas {
    /// One line of XML as it is.
    pub(in crate::render) fn raw(&mut self, line: &str) {
        self.body.push_str(line);
        self.body.push('\n');
    }

    /// Opens a group, with a title for those who point at it.
    pub(in crate::render) fn open(&mut self, class: &str, title: &str) {
        let _ = writeln!(self.body, "<g class=\"{class}\"><title>{}</title>", escaped(title));
    }

    /// Closes a group.
    pub(in crate::render) fn close(&mut self) {
        self.raw("</g>");
    }

    /// A rectangle: left upper corner, width and height.
    pub(in crate::render) fn rect(&mut self, class: &str, (x, y): Point, (w, h): Point) {
        let (x, y, w, h) = (px(x), px(y), px(w), px(h));
        let _ = writeln!(
            self.body,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"/>"
        );
    }

    /// A straight line; `more` are further attributes.
    pub(in crate::render) fn line(&mut self, class: &str, from: Point, to: Point, more: &str) {
        let [(x1, y1), (x2, y2)] = [from, to].map(|(x, y)| (px(x), px(y)));
        let _ = writeln!(
            self.body,
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"{more}/>"
        );
    }

    /// A filled outline.
    pub(in crate::render) fn polygon(&mut self, class: &str, points: &[Point]) {
        let _ = writeln!(self.body, "<polygon class=\"{class}\" points=\"{}\"/>", joined(points));
    }

    /// A line with corners.
    pub(in crate::render) fn polyline(&mut self, class: &str, points: &[Point]) {
        let _ = writeln!(self.body, "<polyline class=\"{class}\" points=\"{}\"/>", joined(points));
    }

    /// A disc.
    pub(in crate::render) fn dot(&mut self, class: &str, (x, y): Point, radius: Tenths) {
        let (x, y, r) = (px(x), px(y), px(radius));
        let _ = writeln!(self.body, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>");
    }

    /// A line of text.
    pub(in crate::render) fn text(
        &mut self,
        class: &str,
        (x, y): Point,
        anchor: Anchor,
        text: &str,
    ) {
        let (x, y) = (px(x), px(y));
        let anchor = anchored(anchor);
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>"
        );
    }

    /// A line of text along a slant, with its middle here.
    pub(in crate::render) fn slanted(
        &mut self,
        class: &str,
        (x, y): Point,
        slant: Slant,
        text: &str,
    ) {
        if slant == Slant::LEVEL {
            return self.text(class, (x, y), Anchor::Middle, text);
        }
        let (cos, sin, back) =
            (decimal(slant.x, 1000), decimal(slant.y, 1000), decimal(-slant.y, 1000));
        let (x, y, anchor) = (px(x), px(y), anchored(Anchor::Middle));
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            "<text class=\"{class}\" \
             transform=\"matrix({cos} {sin} {back} {cos} {x} {y})\"{anchor}>{text}</text>"
        );
    }
}

const fn anchored(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    }
}

fn joined(points: &[Point]) -> String {
    let points: Vec<String> =
        points.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect();
    points.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_text_is_escaped() {
        assert_eq!([px(0), px(10), px(-5), px(1234)], ["0", "1", "-0.5", "123.4"]);
        assert_eq!(decimal(-707, 1000), "-0.707");
        assert_eq!(
            escaped("a<b> & \"c\" 'd'\u{7}"),
            "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;&#65533;"
        );
    }
}
