"""The wording of what is wrong with rules of intake when they are loaded."""

from jobkit.findings import Template

TWO_PACKAGES = Template(
    "intake.two_packages",
    "Jobs of the type {type} are given two packages: {first} and {second}.",
    "Let one package name the type, and include the other in it.",
)
NO_INCLUDED = Template(
    "intake.no_included",
    "The package {package} includes {name}, which is not there.",
    "Add the package {name}, or include one of: {known}.",
)
NESTED = Template(
    "intake.nested",
    "The package {package} includes {name}, which includes others itself.",
    "Include those others directly; one level is all there is.",
)
UNKNOWN_TYPE = Template(
    "intake.unknown_type",
    "The job type {type} at {path} is not known.",
    "Use one of the job types: {known}.",
)
UNKNOWN_REQUIREMENT = Template(
    "intake.unknown_requirement",
    "The account {account} changes the requirement {requirement}, which no package for it has.",
    "Use the id of a requirement, such as: {near}.",
)
ADDED_TWICE = Template(
    "intake.added_twice",
    "The account {account} adds the requirement {requirement}, which the package {package} has.",
    "Give it another id, or harden the one that is there.",
)
NO_AUTHORITY = Template(
    "intake.no_authority",
    "The account {account} relaxes {requirement} and does not say by whose word and why.",
    "Give by and reason.",
)
NOT_RELAXED = Template(
    "intake.not_relaxed",
    "The account {account} relaxes {requirement} to {severity}, which is not less than {now}.",
    "Give a lower severity, or leave it out to ask for nothing.",
)
NOT_HARDENED = Template(
    "intake.not_hardened",
    "The account {account} hardens {requirement} and asks for no more than before.",
    "Give a higher severity, a greater weight, or always.",
)
BOTH_WAYS = Template(
    "intake.both_ways",
    "The account {account} relaxes and hardens the requirement {requirement}.",
    "Do one of the two.",
)
NO_CODE = Template(
    "intake.form_code",
    "The form {form} sets {field} to {code}, which no version of the code list {list} has.",
    "Use a code of the list, such as: {near}.",
)
NO_FACT = Template(
    "intake.no_fact",
    "The look-up {lookup} names {name} at {path}, which its answer does not have.",
    "Declare {name} under facts, or use one of: {known}.",
)
RESERVED = Template(
    "intake.reserved",
    "The look-up {lookup} declares a fact called found, which says whether it knew anything.",
    "Give the fact another name.",
)
NO_TOPIC = Template(
    "intake.no_topic",
    "The look-up {lookup} judges the topic {topic}, which triage does not have.",
    "Add the topic {topic}, or use one of: {known}.",
)
UNJUDGED = Template(
    "intake.unjudged",
    "The look-up {lookup} has conditions for a verdict and no topic, or a topic and no condition.",
    "Give topic together with passed_when or refused_when.",
)
BY_MACHINE = Template(
    "intake.by_machine",
    "The look-up {lookup} judges the topic {topic}, which only a person may judge.",
    "Leave the topic out, or take person off the topic.",
)
NO_PLACE = Template(
    "intake.no_place",
    "{field} at {path} is no field that can be told of a job.",
    "Name a field in the shape of a job: subject.asset, work.symptom or fields.weight.",
)
SAME_TARGET = Template(
    "intake.same_target",
    "Two fields of the request go to {field} of the job.",
    "Give each its own place, or keep one on the request.",
)
NO_LOOKUP = Template(
    "intake.no_lookup",
    "The requirement {id} asks the look-up {name}, which is not declared.",
    "Declare the look-up {name}, or use one of: {known}.",
)
UNASKED = Template(
    "intake.unasked",
    "The requirement {id} asks the look-up {lookup}, which is not for jobs of the types {types}.",
    "Name {types} among the types of the look-up {lookup}, or say with applies_when whom it is asked of.",
)
LIST_TWICE = Template(
    "intake.list_twice",
    "The code list {list} is given along and stands in the rules as well.",
    "Keep one of the two.",
)
QUESTION = Template(
    "intake.question",
    "The question {question} of the form {form} cannot be asked: {why}.",
    "Give it a path, or answers that set fields, and not both.",
)
SAME_FORM = Template(
    "intake.same_form",
    "The forms {first} and {second} are for the same channel and role.",
    "Give one of them another channel or role.",
)
