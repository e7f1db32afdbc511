//! The recipes of `docs/ci.md`, each run in a shell as its CI system would.

use rstest::rstest;
use serde_json::{Map, Value};
use tests::{folder_of_understudy, python_with};

use super::examples::Demo;

const DOCS: &str = include_str!("../../../../docs/ci.md");

/// What stands for the project's own tests.
const PYTEST: &str = "#!/bin/sh
[ -n \"$UNDERSTUDY_USER_SERVICE_USERNAME\" ] && [ -n \"$UNDERSTUDY_USER_SERVICE_PASSWORD\" ] && echo tested
";

/// The same where the account is in a file.
const BROWSER_TESTS: &str = "#!/bin/sh
grep -q '\"password\"' \"$1\" && echo tested
";

/// What a CI system sets, and what its expressions stand for.
const GITHUB: [(&str, &str); 6] = [
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_REPOSITORY", "acme/shop"),
    ("GITHUB_RUN_ID", "9123"),
    ("GITHUB_RUN_ATTEMPT", "1"),
    ("RUNNER_TEMP", "."),
    ("CI", "true"),
];
const GITHUB_EXPRESSIONS: [(&str, &str); 5] = [
    ("${{ github.repository }}", "acme/shop"),
    ("${{ github.run_id }}", "9123"),
    ("${{ github.run_attempt }}", "1"),
    ("${{ github.job }}", "browser"),
    ("${{ strategy.job-index }}", "0"),
];
const GITLAB: [(&str, &str); 3] =
    [("GITLAB_CI", "true"), ("CI_PROJECT_PATH", "acme/shop"), ("CI_JOB_ID", "77")];
const JENKINS: [(&str, &str); 2] = [("JENKINS_URL", "https://ci.example"), ("BUILD_TAG", "jenkins-shop-12")];

/// The only block of code under that heading.
fn recipe(heading: &str) -> &'static str {
    let (_, section) =
        DOCS.split_once(&format!("\n### {heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let section = section.split("\n#").next().unwrap();
    let blocks: Vec<&str> = section.split("```").collect();
    assert_eq!(blocks.len(), 3, "one block under {heading}");
    let (_language, code) = blocks[1].split_once('\n').unwrap();
    code
}

/// A shell in which the recipe's programs are at hand.
async fn shell(variables: &[(&str, &str)]) -> Demo {
    let mut demo = Demo::start().await;
    let home = demo.program.folder().display().to_string();
    for (name, script) in [("pytest", PYTEST), ("browser-tests", BROWSER_TESTS)] {
        let file = demo.program.write(name, script);
        std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let path = std::env::var("PATH").unwrap();
    demo.program.set("PATH", format!("{home}:{}:{path}", folder_of_understudy().display()));
    for (name, value) in variables {
        demo.program.set(name, *value);
    }
    demo
}

/// Sets what a recipe sets, but where the portal is: here it is elsewhere.
fn set(demo: &mut Demo, variables: &Value) {
    for (name, value) in variables.as_object().unwrap_or(&Map::new()) {
        if !["UNDERSTUDY_URL", "UNDERSTUDY_TOKEN"].contains(&name.as_str()) {
            demo.program.set(name, value.as_str().unwrap());
        }
    }
}

/// Runs that in a shell, and answers what it wrote.
async fn run(demo: &Demo, script: &str) -> String {
    demo.program.run_other("bash", &["-e", "-c", script]).await.success().to_owned()
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().map_or_else(Vec::new, |list| list.iter().map(|item| item.as_str().unwrap()).collect())
}

async fn yaml(demo: &Demo, text: &str) -> Value {
    let file = demo.program.write("recipe.yaml", text);
    let read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let json = demo.program.run_other(python_with("yaml"), &["-c", read, &file]).await;
    serde_json::from_str(json.success()).unwrap()
}

#[rstest]
#[case::exec("GitHub Actions", "github:acme/shop:9123:1")]
#[case::steps("GitHub Actions, in steps", "github:acme/shop:9123:1:browser-0")]
#[tokio::test]
async fn github_actions(#[case] heading: &str, #[case] run_name: &str) {
    let mut demo = shell(&GITHUB).await;
    let resolved = GITHUB_EXPRESSIONS
        .iter()
        .fold(recipe(heading).to_owned(), |text, (expression, value)| text.replace(expression, value));
    let workflow = yaml(&demo, &resolved).await;
    for job in workflow["jobs"].as_object().unwrap().values() {
        set(&mut demo, &job["env"]);
        let steps = job["steps"].as_array().unwrap().iter().filter_map(|step| step["run"].as_str());
        let mut written = String::new();
        for step in steps {
            written.push_str(&run(&demo, step).await);
        }
        assert!(written.contains("tested"), "{written}");
    }
    demo.ends_with_nothing_left_of(run_name).await;
}

#[rstest]
#[case::exec("GitLab CI")]
#[case::steps("GitLab CI, in steps")]
#[tokio::test]
async fn gitlab_ci(#[case] heading: &str) {
    let mut demo = shell(&GITLAB).await;
    let resolved = recipe(heading).replace("gitlab:$CI_PROJECT_PATH:$CI_JOB_ID", "gitlab:acme/shop:77");
    for job in yaml(&demo, &resolved).await.as_object().unwrap().values() {
        set(&mut demo, &job["variables"]);
        assert!(run(&demo, &strings(&job["script"]).join("\n")).await.contains("tested"));
        run(&demo, &strings(&job["after_script"]).join("\n")).await;
    }
    demo.ends_with_nothing_left_of("gitlab:acme/shop:77").await;
}

#[rstest]
#[case::exec("Jenkins")]
#[case::steps("Jenkins, in steps")]
#[tokio::test]
async fn jenkins(#[case] heading: &str) {
    let demo = shell(&JENKINS).await;
    let lines = recipe(heading).lines().map(str::trim);
    let mut written = String::new();
    for step in lines.filter_map(|line| line.strip_prefix("sh '")?.strip_suffix('\'')) {
        written.push_str(&run(&demo, step).await);
    }
    assert!(written.contains("tested"), "{written}");
    demo.ends_with_nothing_left_of("jenkins:jenkins-shop-12").await;
}

#[rstest]
#[case::exec("Plain shell", "exec:")]
#[case::steps("Plain shell, in steps", "shell:")]
#[tokio::test]
async fn plain_shell(#[case] heading: &str, #[case] run_name: &str) {
    let demo = shell(&[]).await;
    assert!(run(&demo, recipe(heading)).await.contains("tested"));
    demo.ends_with_nothing_left_of(run_name).await;
}
