//! What to call the run where nobody says so.

use crate::world::World;

/// The run as the CI system calls it, or a name of its own.
pub(super) fn of_this_job(variable: impl Fn(&str) -> Option<String>) -> String {
    let variable = |name| variable(name).filter(|value| !value.is_empty());
    github(&variable).or_else(|| gitlab(&variable)).or_else(|| jenkins(&variable)).unwrap_or_else(made_up)
}

fn github(variable: &impl Fn(&'static str) -> Option<String>) -> Option<String> {
    variable("GITHUB_ACTIONS")?;
    let (repository, run) = (variable("GITHUB_REPOSITORY")?, variable("GITHUB_RUN_ID")?);
    let attempt = variable("GITHUB_RUN_ATTEMPT").unwrap_or_else(|| "1".to_owned());
    Some(format!("github:{repository}:{run}:{attempt}"))
}

fn gitlab(variable: &impl Fn(&'static str) -> Option<String>) -> Option<String> {
    variable("GITLAB_CI")?;
    Some(format!("gitlab:{}:{}", variable("CI_PROJECT_PATH")?, variable("CI_JOB_ID")?))
}

fn jenkins(variable: &impl Fn(&'static str) -> Option<String>) -> Option<String> {
    variable("JENKINS_URL")?;
    Some(format!("jenkins:{}", variable("BUILD_TAG")?))
}

fn made_up() -> String {
    format!("exec:{}", World::system().new_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_of(variables: &[(&str, &str)]) -> String {
        let found = |name: &str| variables.iter().find(|(known, _)| *known == name);
        of_this_job(|name| found(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn each_ci_system_names_its_runs() {
        let github = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "acme/shop"),
            ("GITHUB_RUN_ID", "9123"),
            ("GITHUB_RUN_ATTEMPT", "2"),
        ];
        assert_eq!(run_of(&github), "github:acme/shop:9123:2");
        let gitlab = [("GITLAB_CI", "true"), ("CI_PROJECT_PATH", "acme/shop"), ("CI_JOB_ID", "77")];
        assert_eq!(run_of(&gitlab), "gitlab:acme/shop:77");
        let jenkins = [("JENKINS_URL", "https://ci.example"), ("BUILD_TAG", "jenkins-shop-12")];
        assert_eq!(run_of(&jenkins), "jenkins:jenkins-shop-12");
    }

    #[test]
    fn elsewhere_every_run_has_a_name_of_its_own() {
        let (one, other) = (run_of(&[]), run_of(&[("GITLAB_CI", "true"), ("CI_JOB_ID", "")]));
        assert!(one.starts_with("exec:") && other.starts_with("exec:") && one != other);
    }
}
