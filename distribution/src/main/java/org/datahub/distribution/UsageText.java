package org.datahub.distribution;

import org.datahub.api.ErrorCode;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// A command line that can't be used, in the three lines of every error.
final class UsageText {
    private UsageText() {}

    static ErrorText of(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String help = "see " + command + " --help";
        ArgSpec argument = e.getArgSpec();
        if (argument == null || e.getValue() == null) {
            return ErrorText.coded(
                    ErrorCode.CONFIGURATION, "the command line can't be used: " + e.getMessage(), help, command);
        }
        String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        return ErrorText.coded(
                ErrorCode.CONFIGURATION,
                "a value can't be used: " + name + "=" + e.getValue() + ", " + allowed(e.getMessage()),
                help,
                command);
    }

    /// Behind `Invalid value for option '--slots': ` stands what the converter said.
    private static String allowed(String message) {
        int colon = message.indexOf(": ");
        return colon < 0 ? message : message.substring(colon + 2);
    }
}
