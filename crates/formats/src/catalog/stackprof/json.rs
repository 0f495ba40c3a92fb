//! The JSON form.

use super::profile::{Frame, Profile};
use crate::input::Input;
use crate::json::{JsonTokens, Token};
use crate::notes::Notes;
use fathom_model::Issue;
use std::io::Read;

pub(super) fn parse(input: &Input<'_>, profile: &mut Profile, notes: &mut Notes) -> Vec<Issue> {
    let mut json = JsonTokens::new(input.stream());
    if json.enter(Token::Object) {
        read_members(&mut json, profile, notes);
    } else if !json.is_broken() {
        notes.of("the file is no JSON object".into());
    }
    let mut issues = json.reader().issues();
    issues.extend(json.issues(super::FORMAT.name));
    issues
}

fn read_members<R: Read>(json: &mut JsonTokens<R>, profile: &mut Profile, notes: &mut Notes) {
    while let Some(name) = json.next_key() {
        match name {
            "version" => profile.version = json.raw(40).unwrap_or_default(),
            "mode" => profile.mode = json.text_or_empty(),
            "interval" => profile.interval = json.decimal(0),
            "raw" => read_wholes(json, &mut profile.raw, notes),
            "raw_lines" => read_wholes(json, &mut profile.raw_lines, notes),
            "raw_sample_timestamps" => read_wholes(json, &mut profile.times, notes),
            "raw_timestamp_deltas" => read_wholes(json, &mut profile.deltas, notes),
            "frames" => {
                if json.enter(Token::Object) {
                    read_frames(json, &mut profile.frames, notes);
                }
            }
            _ => json.skip_value(),
        }
    }
}

fn read_frames<R: Read>(json: &mut JsonTokens<R>, frames: &mut Vec<Frame>, notes: &mut Notes) {
    while let Some(name) = json.next_key() {
        let number = name.parse::<i64>();
        let at = json.token_at();
        if number.is_err() {
            notes.say_at(at, "bad frame numbers", || format!("a frame's number is `{}`", json.key()));
        }
        // One that the file is cut in keeps what was read of it.
        let frame = read_frame(json);
        frames.extend(number.ok().map(|number| Frame { number, ..frame }));
    }
}

fn read_wholes<R: Read>(json: &mut JsonTokens<R>, list: &mut Vec<i64>, notes: &mut Notes) {
    if !json.enter(Token::Array) {
        return;
    }
    while json.next_item() {
        let byte = json.token_at();
        let number = json.decimal(0);
        if json.is_broken() {
            return;
        }
        if number.is_none() {
            let at = list.len();
            notes.say_at(byte, "items that are no numbers", || format!("item {at} is no whole number"));
        }
        list.push(number.unwrap_or(0));
    }
}

fn read_frame<R: Read>(json: &mut JsonTokens<R>) -> Frame {
    let mut frame = Frame::default();
    if !json.enter(Token::Object) {
        return frame;
    }
    while let Some(name) = json.next_key() {
        match name {
            "name" => frame.name = json.text_or_empty().into(),
            "file" => frame.file = json.text_or_empty().into(),
            "line" => frame.line = json.decimal(0).and_then(|line| u32::try_from(line).ok()),
            "samples" => frame.own = count(json),
            "total_samples" => frame.total = count(json),
            "edges" => {
                if json.enter(Token::Object) {
                    while let Some(name) = json.next_key() {
                        let number = name.parse::<i64>();
                        let n = count(json);
                        frame.edges.extend(number.ok().map(|number| (number, n)));
                    }
                }
            }
            _ => json.skip_value(),
        }
    }
    frame
}

fn count<R: Read>(json: &mut JsonTokens<R>) -> u64 {
    json.decimal(0).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
}
