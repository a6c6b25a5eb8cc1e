//! What is claimed between `%{` and `}%`: statements of Python as far as assertions need them. An
//! expression is worked out in whole numbers; a truth is 1 or 0, as there.

/// The most words and marks an expression may have.
const LONGEST: usize = 500;

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Statement<'a> {
    /// `assert EXPRESSION`, with the message taken off.
    Assert(&'a str),
    /// One that changes and claims nothing.
    Nothing,
    /// Anything else.
    Other(&'a str),
}

/// The statements of a piece of code: one a line, or several between semicolons; a line goes on
/// while a bracket is open.
pub(super) fn statements(code: &str) -> Vec<Statement<'_>> {
    let mut list = Vec::new();
    let (mut from, mut depth, mut quote, mut comment) = (0, 0u32, None, false);
    let ends = code.char_indices().chain([(code.len(), '\n')]);
    let mut cut = None;
    for (at, c) in ends {
        match (quote, c) {
            (_, '\n') if comment => comment = false,
            _ if comment => continue,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => {
                comment = true;
                cut.get_or_insert(at);
            }
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        if depth == 0 && quote.is_none() && (c == '\n' || c == ';') {
            list.push(statement(code[from..cut.unwrap_or(at)].trim()));
            from = (at + 1).min(code.len());
            cut = None;
        }
    }
    list.retain(|it| *it != Statement::Nothing);
    list
}

fn statement(text: &str) -> Statement<'_> {
    if text.is_empty() || text == "pass" {
        return Statement::Nothing;
    }
    if ["import ", "from ", "print(", "print "].iter().any(|it| text.starts_with(it)) {
        return Statement::Nothing;
    }
    match text.strip_prefix("assert") {
        Some(rest) if rest.starts_with([' ', '(', '\t']) => Statement::Assert(claim(rest).trim()),
        Some(_) | None => Statement::Other(text),
    }
}

/// What stands before the message: up to a comma outside of brackets.
fn claim(text: &str) -> &str {
    let mut depth = 0u32;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return &text[..at],
            _ => {}
        }
    }
    text
}

/// What an expression comes to, and the values of the names in it, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) value: i64,
    pub(super) seen: Vec<i64>,
}

/// Works an expression out; `None` where it is none, or speaks of something that has no value.
pub(super) fn value(text: &str, name: &dyn Fn(&str) -> Option<i64>) -> Option<Outcome> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, name, seen: Vec::new() };
    let value = reader.any()?;
    (reader.at == reader.tokens.len()).then_some(Outcome { value, seen: reader.seen })
}

fn tokens(text: &str) -> Option<Vec<&str>> {
    const MARKS: [&str; 17] =
        ["==", "!=", "<=", ">=", "//", "<", ">", "(", ")", "[", "]", ",", "+", "-", "*", "|", "&"];
    let mut list = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let len = match MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            Some(mark) => mark.len(),
            None => rest.find(|c| !word(c)).unwrap_or(rest.len()),
        };
        // So many that brackets in brackets cannot exhaust the stack.
        if len == 0 || list.len() == LONGEST {
            return None;
        }
        list.push(&rest[..len]);
        rest = rest[len..].trim_start();
    }
    Some(list)
}

struct Reader<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    name: &'a dyn Fn(&str) -> Option<i64>,
    seen: Vec<i64>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).copied()
    }

    fn takes(&mut self, token: &str) -> bool {
        let there = self.peek() == Some(token);
        self.at += usize::from(there);
        there
    }

    fn any(&mut self) -> Option<i64> {
        let mut value = self.all()?;
        while self.takes("or") {
            let right = self.all()?;
            value = if value == 0 { right } else { value };
        }
        Some(value)
    }

    fn all(&mut self) -> Option<i64> {
        let mut value = self.not()?;
        while self.takes("and") {
            let right = self.not()?;
            value = if value == 0 { value } else { right };
        }
        Some(value)
    }

    fn not(&mut self) -> Option<i64> {
        if self.takes("not") {
            return Some(i64::from(self.not()? == 0));
        }
        self.comparison()
    }

    /// `a < b <= c` is `a < b and b <= c`.
    fn comparison(&mut self) -> Option<i64> {
        let mut left = self.bits()?;
        let mut holds = None;
        loop {
            let before = self.at;
            let operator = self.peek();
            self.at += 1;
            let this = match operator {
                Some("in") => self.list()?.contains(&left),
                Some("not") if self.takes("in") => !self.list()?.contains(&left),
                Some(it @ ("==" | "!=" | "<" | "<=" | ">" | ">=")) => {
                    let right = self.bits()?;
                    let this = match it {
                        "==" => left == right,
                        "!=" => left != right,
                        "<" => left < right,
                        "<=" => left <= right,
                        ">" => left > right,
                        _ => left >= right,
                    };
                    left = right;
                    this
                }
                Some(_) | None => {
                    self.at = before;
                    return Some(holds.map_or(left, i64::from));
                }
            };
            holds = Some(holds.unwrap_or(true) && this);
        }
    }

    fn bits(&mut self) -> Option<i64> {
        let mut value = self.masked()?;
        while self.takes("|") {
            value |= self.masked()?;
        }
        Some(value)
    }

    fn masked(&mut self) -> Option<i64> {
        let mut value = self.sum()?;
        while self.takes("&") {
            value &= self.sum()?;
        }
        Some(value)
    }

    fn list(&mut self) -> Option<Vec<i64>> {
        let close = if self.takes("(") {
            ")"
        } else if self.takes("[") {
            "]"
        } else {
            return None;
        };
        let mut list = Vec::new();
        while !self.takes(close) {
            list.push(self.any()?);
            if !self.takes(",") && self.peek() != Some(close) {
                return None;
            }
        }
        Some(list)
    }

    fn sum(&mut self) -> Option<i64> {
        let mut value = self.product()?;
        loop {
            if self.takes("+") {
                value = value.checked_add(self.product()?)?;
            } else if self.takes("-") {
                value = value.checked_sub(self.product()?)?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self) -> Option<i64> {
        let mut value = self.single()?;
        loop {
            if self.takes("*") {
                value = value.checked_mul(self.single()?)?;
            } else if self.takes("//") {
                value = value.checked_div_euclid(self.single()?)?;
            } else {
                return Some(value);
            }
        }
    }

    fn single(&mut self) -> Option<i64> {
        if self.takes("-") {
            return self.single()?.checked_neg();
        }
        if self.takes("(") {
            let value = self.any()?;
            return self.takes(")").then_some(value);
        }
        let word = self.peek()?;
        self.at += 1;
        let number = match word.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => word.parse().ok(),
        };
        match (number, word) {
            (Some(number), _) => Some(number),
            (None, "True") => Some(1),
            (None, "False") => Some(0),
            (None, name) => {
                let value = (self.name)(name)?;
                self.seen.push(value);
                Some(value)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worked_out(text: &str) -> Option<i64> {
        let names = |name: &str| match name {
            "three" => Some(3),
            "ten" => Some(10),
            _ => None,
        };
        value(text, &names).map(|it| it.value)
    }

    #[test]
    fn expressions_are_worked_out_as_in_python() {
        let rows = [
            ("three == 3", 1),
            ("three != 3 or ten == 10", 1),
            ("three == 4 and ten == 9 or three == 3", 1),
            ("three == 3 or ten == 9 and three == 4", 1),
            ("not three == 4", 1),
            ("(three == 3) and (ten == 10)", 1),
            ("1 <= three < ten <= 10", 1),
            ("1 < three < 3", 0),
            ("three + 2 * ten - 1 == 22", 1),
            ("ten // three == 3", 1),
            ("-three == 0 - 3", 1),
            ("three in (1, 2, 3)", 1),
            ("three not in [1, 2,]", 1),
            ("0x0a == ten", 1),
            ("three | ten == 11 and three | 4 & 5 == 7", 1),
            ("True and not False", 1),
            ("(three & 2) != 0", 1),
            ("ten & 2 == 2 | 8 & 1", 1),
            ("three & 8 == 0", 1),
        ];
        for (text, wanted) in rows {
            assert_eq!(worked_out(text), Some(wanted), "{text}");
        }
        let deep = "(".repeat(100_000);
        for text in [
            deep.as_str(),
            "",
            "three ==",
            "unknown == 1",
            "(three == 3",
            "three = 3",
            "three % 2",
            "1 2",
        ] {
            assert_eq!(worked_out(text), None, "{text}");
        }
    }

    #[test]
    fn statements_end_with_lines_unless_a_bracket_is_open() {
        let code =
            "assert a == 1, 'no, %d' % a # why; not\nassert (b == 2 and\n  c == 3); pass\nx = 1";
        let wanted = [
            Statement::Assert("a == 1"),
            Statement::Assert("(b == 2 and\n  c == 3)"),
            Statement::Other("x = 1"),
        ];
        assert_eq!(statements(code), wanted);
    }
}
