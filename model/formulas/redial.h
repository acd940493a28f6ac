/* Refused calls that dial again: the fixed point x = A + p x E(c, x) of fresh and repeated
 * attempts, taken as Poisson (Cohen 1957; Fredericks and Reisser 1979). Good for slow redials:
 * attempt blocking 2 % low and lost calls 3 % low at a wait of 10 holding times, 20 % and 26 % low
 * at half a holding time. Without it the figures are 37-48 % low. */
#ifndef PEERPLAN_MODEL_REDIAL_H
#define PEERPLAN_MODEL_REDIAL_H

/* The truth is between low and high times the fixed point, for a wait of so many holding times;
 * high is INFINITY for waits shorter than any that was measured. */
void redial_band(double wait_in_holds, double *low, double *high);

#endif
