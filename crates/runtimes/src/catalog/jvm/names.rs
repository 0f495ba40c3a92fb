//! What a Java class's name says: whose code it is, and which file it probably came from.

use fathom_model::FrameKind;

/// Packages of the JDK.
const JDK: [&str; 7] = ["java.", "javax.", "jdk.", "sun.", "com.sun.", "jdk/", "java/"];
/// The JDK's own work on behalf of the virtual machine.
const RUNTIME: [&str; 4] =
    ["jdk.jfr.", "jdk.internal.vm.", "java.lang.ref.Reference$", "java.lang.ref.Finalizer"];
/// Packages of libraries that many programs have. Whoever works on one of them sees it as a library here: whose a
/// class on the class path is, the virtual machine does not tell.
const LIBRARIES: [&str; 34] = [
    "akka.",
    "ch.qos.logback.",
    "clojure.",
    "com.fasterxml.",
    "com.github.benmanes.",
    "com.google.",
    "com.mysql.",
    "com.zaxxer.",
    "groovy.",
    "io.grpc.",
    "io.micrometer.",
    "io.micronaut.",
    "io.netty.",
    "io.opentelemetry.",
    "io.quarkus.",
    "io.reactivex.",
    "io.undertow.",
    "io.vertx.",
    "jakarta.",
    "junit.",
    "kotlin.",
    "kotlinx.",
    "net.bytebuddy.",
    "okhttp3.",
    "okio.",
    "org.apache.",
    "org.codehaus.",
    "org.eclipse.",
    "org.hibernate.",
    "org.jboss.",
    "org.postgresql.",
    "org.slf4j.",
    "org.springframework.",
    "reactor.",
];

/// Whose code a class is, by its name with dots.
pub fn kind_of_class(class: &str) -> FrameKind {
    let begins = |list: &[&str]| list.iter().any(|prefix| class.starts_with(prefix));
    if begins(&RUNTIME) {
        FrameKind::Runtime
    } else if begins(&JDK) || begins(&LIBRARIES) || class.starts_with("scala.") {
        FrameKind::Library
    } else {
        FrameKind::User
    }
}

/// The file that a class was compiled from, as a path below a folder of sources: the compiler's rule for public
/// classes of Java, `FileKt` of Kotlin. A class that stands in another's file is given a file of its own.
pub fn file_of_class(class: &str) -> Option<String> {
    let (package, name) = class.rsplit_once('.').unwrap_or(("", class));
    // Inner classes, and the parts of a name that a hidden class (a lambda) adds.
    let outer = name.split(['$', '/', '+']).next().filter(|outer| !outer.is_empty())?;
    let file = match outer.strip_suffix("Kt") {
        Some(file) if !file.is_empty() => format!("{file}.kt"),
        _ => format!("{outer}.java"),
    };
    Some(match package {
        "" => file,
        package => format!("{}/{file}", package.replace('.', "/")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_tell_whose_code_it_is() {
        for (class, kind) in [
            ("Work", FrameKind::User),
            ("com.example.Main", FrameKind::User),
            ("java.util.HashMap$Node", FrameKind::Library),
            ("org.springframework.web.Servlet", FrameKind::Library),
            ("jdk.jfr.internal.Recorder", FrameKind::Runtime),
            ("javassist.Thing", FrameKind::User),
        ] {
            assert_eq!(kind_of_class(class), kind, "{class}");
        }
    }

    #[test]
    fn files_follow_the_compilers_rule() {
        for (class, file) in [
            ("Work", Some("Work.java")),
            ("java.util.HashMap$Node", Some("java/util/HashMap.java")),
            ("Work$$Lambda/0x00007f", Some("Work.java")),
            ("com.example.ToolsKt", Some("com/example/Tools.kt")),
            ("$Proxy12", None),
            ("", None),
        ] {
            assert_eq!(file_of_class(class).as_deref(), file, "{class}");
        }
    }
}
