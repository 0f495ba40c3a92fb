//! The JSON form.

use super::profile::{Frame, Profile};
use crate::input::Input;
use crate::pull_json::{Damage, Kind, Log, PullJson};
use fathom_model::Issue;
use std::io::Read;

pub(super) fn parse(input: &Input<'_>, profile: &mut Profile, log: &mut Log) -> Vec<Issue> {
    let mut json = PullJson::new(input.stream());
    match json.members(|json, name| member(json, name, profile, log)) {
        Ok(true) => {}
        Ok(false) => log.of("no object", || "the file is no JSON object".into()),
        Err(damage) => log.damage(damage),
    }
    json.reader().issues()
}

fn member<R: Read>(
    json: &mut PullJson<R>,
    name: &str,
    profile: &mut Profile,
    log: &mut Log,
) -> Result<(), Damage> {
    match name {
        "version" => {
            let version = json.raw(40)?;
            profile.version = version.unwrap_or_default();
        }
        "mode" => profile.mode = json.text()?.unwrap_or_default(),
        "interval" => profile.interval = json.decimal(0)?,
        "raw" => wholes(json, &mut profile.raw, log)?,
        "raw_lines" => wholes(json, &mut profile.raw_lines, log)?,
        "raw_sample_timestamps" => wholes(json, &mut profile.times, log)?,
        "raw_timestamp_deltas" => wholes(json, &mut profile.deltas, log)?,
        "frames" => {
            json.members(|json, number| {
                let at = json.at();
                let mut new = Frame::default();
                let outcome = frame(json, &mut new);
                match number.parse() {
                    Ok(number) => profile.frames.push(Frame { number, ..new }),
                    Err(_) => log.at("bad frame numbers", at, || format!("a frame's number is `{number}`")),
                }
                outcome
            })?;
        }
        _ => json.skip()?,
    }
    Ok(())
}

fn wholes<R: Read>(json: &mut PullJson<R>, list: &mut Vec<i64>, log: &mut Log) -> Result<(), Damage> {
    json.items(|json, at| {
        let byte = json.at();
        let number = json.decimal(0)?;
        if number.is_none() {
            log.at("items that are no numbers", byte, || format!("item {at} is no whole number"));
        }
        list.push(number.unwrap_or(0));
        Ok(())
    })?;
    Ok(())
}

fn frame<R: Read>(json: &mut PullJson<R>, frame: &mut Frame) -> Result<(), Damage> {
    json.members(|json, name| {
        match name {
            "name" => frame.name = json.text()?.unwrap_or_default(),
            "file" => frame.file = json.text()?.unwrap_or_default(),
            "line" => frame.line = json.decimal(0)?.and_then(|line| u32::try_from(line).ok()),
            "samples" => frame.own = count(json)?,
            "total_samples" => frame.total = count(json)?,
            "edges" if json.kind()? == Kind::Object => {
                json.members(|json, number| {
                    let n = count(json)?;
                    if let Ok(number) = number.parse() {
                        frame.edges.push((number, n));
                    }
                    Ok(())
                })?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(())
}

fn count<R: Read>(json: &mut PullJson<R>) -> Result<u64, Damage> {
    Ok(json.decimal(0)?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}
