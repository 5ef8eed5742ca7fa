//! Files that want something else than to be read.

use super::*;

#[test]
fn a_picture_is_judged_by_name_and_bytes() {
    let text =
        unit("", "![x](media/a_b.png) ![x](media/sub/c.png) ![x](media/html.png) ![x](media/big.png)\n");
    let big = [PNG, &vec![0; 10 << 20]].concat();
    let files: &[(&str, &[u8])] = &[
        ("01-a.md", text.as_bytes()),
        ("media/a_b.png", PNG),
        ("media/sub/c.png", PNG),
        ("media/html.png", b"<html>"),
        ("media/big.png", &big),
    ];
    let expected = [
        "01-a.md:6: media/a_b.png is no name for a picture",
        "01-a.md:6: media/sub/c.png is no name for a picture",
        "01-a.md:6: media/html.png is not a picture inside",
        "01-a.md:6: media/big.png is larger than 10 MB",
    ];
    assert_eq!(faults(files), expected);
    let report = read(folder(files).path(), &[]).unwrap_err()[0].to_string();
    assert_eq!(report, "01-a.md:6: media/a_b.png is no name for a picture; rename the file to media/a-b.png");
}

#[test]
fn a_hostile_file_is_named_and_nothing_else_happens() {
    let huge = unit("", &"x\n".repeat(200_000));
    let deep = unit("", &(">".repeat(10_000) + " x"));
    let lists = unit("", &("- ".repeat(10_000) + "x"));
    let deep_front = format!(
        "+++\ntitle = \"x\"\nminutes = 1\ncaptions = {}{}\n+++\n",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let cases: &[(&[u8], &str)] = &[
        (b"+++\ntitle = \"x\"\n\xff\n+++\n", "01-a.md:3: this is not UTF-8"),
        (b"+++\ntitle = \"x\"\nminutes = 1\n+++\n\na\n\0b\n", "01-a.md:7: a zero byte in a text file"),
        (huge.as_bytes(), "01-a.md:1: larger than 278528 bytes"),
        (deep.as_bytes(), "01-a.md:6: lists or quotations nested too deep"),
        (lists.as_bytes(), "01-a.md:6: lists or quotations nested too deep"),
        (deep_front.as_bytes(), "01-a.md:4: this is not TOML: "),
    ];
    for (bytes, expected) in cases {
        let found = faults(&[("01-a.md", bytes)]);
        assert!(found[0].starts_with(expected), "{expected}: {:?}", &found[..found.len().min(3)]);
        assert!(found.len() <= 20, "{}", found.len());
    }
    let escapes = unit("film = \"media/\\u001b[2J.mp4\"\n", "[x](\u{1b}[31m.md)");
    assert!(faults(&[("01-a.md", escapes.as_bytes())]).iter().all(|line| !line.contains('\u{1b}')));
    let long = course(&format!("\"{}\"", "x".repeat(300 * 1024)));
    assert_eq!(faults(&[("course.toml", long.as_bytes())]), ["course.toml:1: larger than 262144 bytes"]);
}

#[test]
fn a_course_has_at_most_500_units() {
    let names: Vec<String> = (0..501).map(|number| format!("{number:03}-u{number}")).collect();
    let list: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let text = unit("", "x");
    let toml = course(&list.join(", "));
    let mut files: Vec<(String, &[u8])> =
        names.iter().map(|name| (format!("{name}.md"), text.as_bytes())).collect();
    files.push(("course.toml".to_owned(), toml.as_bytes()));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let found = faults(&files);
    assert_eq!(found[0], "course.toml:8: more than 500 units");
}

#[test]
#[cfg(unix)]
fn links_of_the_file_system_and_pipes_do_not_lead_out() {
    use std::os::unix::fs::symlink;
    let text = unit(
        "film = \"media/pipe.mp4\"\n",
        "![x](media/out.png) ![x](media/in.png) ![x](media/dangling.png)",
    );
    let secret = folder(&[("secret.png", PNG)]);
    let dir = folder(&[("01-a.md", text.as_bytes()), ("media/ok.png", PNG)]);
    symlink(secret.path().join("secret.png"), dir.path().join("media/out.png")).unwrap();
    symlink("ok.png", dir.path().join("media/in.png")).unwrap();
    symlink("nowhere.png", dir.path().join("media/dangling.png")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(dir.path().join("media/pipe.mp4")).status().unwrap();
    assert!(pipe.success());
    let expected = [
        "01-a.md:4: media/pipe.mp4 is not a file",
        "01-a.md:7: media/out.png leads out of the folder",
        "01-a.md:7: there is no media/dangling.png",
    ];
    assert_eq!(faults_in(dir.path()), expected);
    fs::remove_file(dir.path().join("01-a.md")).unwrap();
    symlink("/etc/hostname", dir.path().join("01-a.md")).unwrap();
    assert_eq!(faults_in(dir.path()), ["course.toml:8: 01-a.md leads out of the folder"]);
}
