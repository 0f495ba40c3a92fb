//! The text of one frame and of one stack. Modules are handed over by their path.

use fathom_model::{Frame, FrameKind, ModuleKind};

/// A frame and the path of its module.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FrameText {
    pub(crate) frame: Frame,
    pub(crate) module_path: Option<String>,
}

/// Module names that stand for bracketed pseudo files.
const PSEUDO_FILES: [(&str, ModuleKind); 3] =
    [("kernel", ModuleKind::Kernel), ("vdso", ModuleKind::Vdso), ("anon", ModuleKind::Jit)];

/// The kind a module has unless it is said otherwise.
pub(crate) fn default_module_kind(path: &str) -> ModuleKind {
    PSEUDO_FILES
        .iter()
        .find(|(name, _)| path.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) == Some(*name))
        .map_or(ModuleKind::Elf, |(_, kind)| *kind)
}

/// Splits a stack at its unescaped semicolons and reads every frame, outermost first.
pub(crate) fn parse_stack(text: &str) -> Result<Vec<FrameText>, String> {
    if text == "-" {
        return Ok(Vec::new());
    }
    let characters = unescape(text);
    characters.split(|c| *c == (';', false)).map(parse_frame).collect()
}

/// The text of a frame, escaped where needed.
pub(crate) fn print_frame(text: &FrameText) -> String {
    let frame = &text.frame;
    let mut out = frame
        .function
        .as_deref()
        .map_or("?".to_owned(), |name| if name == "?" { "\\?".into() } else { escape(name, IN_NAMES) });
    if let Some(file) = &frame.file {
        out += &format!("@{}", escape(file, IN_FILES));
        if let Some(line) = frame.line {
            out += &format!(":{line}");
            if let Some(column) = frame.column {
                out += &format!(":{column}");
            }
        }
        if let Some(first) = frame.function_start_line {
            out += &format!("^{first}");
        }
    }
    if let Some(path) = &text.module_path {
        let pseudo = PSEUDO_FILES.iter().find(|(name, _)| *path == format!("[{name}]"));
        let name = pseudo.map_or_else(|| escape(path, IN_MODULES), |(name, _)| (*name).to_owned());
        out += &match frame.relative_address {
            Some(address) => format!("[{name}+{address:#x}]"),
            None => format!("[{name}]"),
        };
    }
    let mut marks = Vec::new();
    if frame.kind != FrameKind::User || frame.inlined || frame.runtime.is_some() {
        marks.push(frame.kind.as_str().to_owned());
    }
    if frame.inlined {
        marks.push("inlined".to_owned());
    }
    marks.extend(frame.runtime.as_deref().map(|runtime| escape(runtime, IN_MARKS)));
    if !marks.is_empty() {
        out += &format!("{{{}}}", marks.join(","));
    }
    out
}

type Marked = (char, bool);

fn unescape(text: &str) -> Vec<Marked> {
    let mut out = Vec::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => out.extend(characters.next().map(|next| (next, true))),
            c => out.push((c, false)),
        }
    }
    out
}

const IN_NAMES: &str = ";@[]{}\\";
const IN_FILES: &str = ";@[]{}:^\\";
const IN_MODULES: &str = ";[]{}+\\";
const IN_MARKS: &str = ";{},\\";

/// Puts a backslash before the characters that would end the part. Line ends become blanks.
fn escape(text: &str, special: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if special.contains(c) {
            out.push('\\');
        }
        out.push(if matches!(c, '\n' | '\r') { ' ' } else { c });
    }
    out
}

fn parse_frame(characters: &[Marked]) -> Result<FrameText, String> {
    let plain = |slice: &[Marked]| slice.iter().map(|(c, _)| *c).collect::<String>();
    let find = |slice: &[Marked], wanted: char| slice.iter().position(|c| *c == (wanted, false));
    let whole = plain(characters);
    let mut rest = characters;

    let mut marks = String::new();
    if rest.last() == Some(&('}', false)) {
        let open = find(rest, '{').ok_or_else(|| format!("frame `{whole}` has `}}` without `{{`"))?;
        marks = plain(&rest[open + 1..rest.len() - 1]);
        rest = &rest[..open];
    }
    let mut module_path = None;
    let mut relative_address = None;
    if rest.last() == Some(&(']', false)) {
        let open = find(rest, '[').ok_or_else(|| format!("frame `{whole}` has `]` without `[`"))?;
        let inside = &rest[open + 1..rest.len() - 1];
        let path = match find(inside, '+') {
            Some(plus) => {
                let text = plain(&inside[plus + 1..]);
                let digits = text
                    .strip_prefix("0x")
                    .ok_or_else(|| format!("address `{text}` does not start with 0x"))?;
                relative_address = Some(
                    u64::from_str_radix(digits, 16)
                        .map_err(|_| format!("address `{text}` is not hexadecimal"))?,
                );
                plain(&inside[..plus])
            }
            None => plain(inside),
        };
        let pseudo = PSEUDO_FILES.iter().any(|(name, _)| *name == path);
        module_path = Some(if pseudo { format!("[{path}]") } else { path });
        rest = &rest[..open];
    }
    let mut frame = Frame::named("", FrameKind::User);
    frame.relative_address = relative_address;
    if let Some(at) = find(rest, '@') {
        let mut place = &rest[at + 1..];
        let number = |slice: &[Marked]| {
            let text = plain(slice);
            text.parse::<u32>().map_err(|_| format!("line `{text}` of frame `{whole}` is not a number"))
        };
        if let Some(hat) = find(place, '^') {
            frame.function_start_line = Some(number(&place[hat + 1..])?);
            place = &place[..hat];
        }
        let mut parts = place.split(|c| *c == (':', false));
        frame.file = parts.next().map(plain);
        frame.line = parts.next().map(number).transpose()?;
        frame.column = parts.next().map(number).transpose()?;
        rest = &rest[..at];
    }
    if rest.is_empty() {
        return Err(format!("frame `{whole}` has no name; write `?` for a frame without one"));
    }
    frame.function = (rest != [('?', false)]).then(|| plain(rest));
    for (position, mark) in marks.split(',').filter(|mark| !mark.is_empty()).enumerate() {
        match mark {
            "inlined" => frame.inlined = true,
            _ if position == 0 => {
                frame.kind = FrameKind::parse(mark).ok_or_else(|| unknown_kind(mark))?;
            }
            runtime => frame.runtime = Some(runtime.to_owned()),
        }
    }
    Ok(FrameText { frame, module_path })
}

fn unknown_kind(found: &str) -> String {
    let names: Vec<&str> = FrameKind::ALL.iter().map(|kind| kind.as_str()).collect();
    format!("frame kind `{found}` is none of {}", names.join(", "))
}
