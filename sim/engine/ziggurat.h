/* Tables of the ziggurat method for exponential and normal variates; see ziggurat.c. */
#ifndef PEERPLAN_SIM_ZIGGURAT_H
#define PEERPLAN_SIM_ZIGGURAT_H

extern const double ziggurat_exponential_x[257], ziggurat_exponential_y[257];
extern const double ziggurat_normal_x[257], ziggurat_normal_y[257];

#endif
